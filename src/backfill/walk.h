// The loop that walks a table range by range. A fill, a verification and a
// settling differ only in their statement. Each chunk is a transaction of its
// own, and several workers may walk different ranges at the same time.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "backfill/chunk_size.h"
#include "backfill/range.h"
#include "db/connection.h"
#include "plan/planned.h"
#include "throttle/pace.h"

namespace segue::engine {

// A range that one worker walks, and the position that the worker has reached.
struct Span {
  std::int64_t number = 0;
  Range range;
  std::vector<db::Value> cursor;  // last key done; empty: at the start
  std::int64_t rows = 0;          // rows moved or checked
  bool done = false;
};

// What a walk needs from the worker that runs it. All methods are called on the
// thread that walks.
class Host {
 public:
  virtual ~Host() = default;
  virtual db::Connection& connection() = 0;
  // The connection on which rows are read: the same one, unless a check reads
  // them on a standby.
  virtual db::Connection& rows() { return connection(); }
  // Returns the next span that nobody else walks. Waits while all remaining
  // spans belong to others; nullopt when all are done.
  virtual std::optional<Span> Claim() = 0;
  // Waits while rows may not be moved; called before each chunk. Throws
  // Error{kCancelled} to stop.
  virtual void BeforeChunk() = 0;
  // Joins the chunk's transaction, and throws when this runner was replaced.
  virtual void Fence() = 0;
  // Commits the chunk together with its position, so that a crash loses both or
  // neither. Rolls back and returns false when the span belongs to another
  // worker now.
  virtual bool Commit(db::Transaction& transaction, const Span& span) = 0;
  // Called after the commit of a chunk of `asked` rows, of which `moved` were
  // written or found.
  virtual void Moved(std::int64_t asked, std::int64_t moved) = 0;
  // Runs `chunk` until it succeeds or the patience is spent. Calls `smaller`
  // before a retry that follows a deadlock or a lock timeout. After a lost
  // connection it reconnects, and calls `reload` before the retry.
  virtual void Resiliently(const std::function<void()>& chunk,
                           const std::function<void()>& smaller,
                           const std::function<void()>& reload) = 0;
  // Returns the span as it was saved last; nullopt when it belongs to another
  // worker now.
  virtual std::optional<Span> Load(const Span& span) = 0;
  // True when rows are moved at less than the full pace, so that clients notice
  // little of it.
  virtual bool MakesWay() = 0;
  // Returns the number of rows of the next chunk, for a chunk of `rows` rows at
  // full pace.
  virtual std::int64_t ChunkRows(std::int64_t rows) = 0;
  // Rests after a chunk that took `took` and moved `rows` rows. At the full
  // pace the rest is the fraction `rest` of that time.
  virtual void RestAfter(const Took& took, double rest, std::int64_t rows) = 0;
};

struct WalkOptions {
  std::chrono::milliseconds chunk_time{200};
  std::chrono::milliseconds lock_budget{500};
  double rest = 0;         // of a chunk's time, slept after the chunk
  bool in_shares = false;  // the table is large enough for WalkSql::share
};

// Runs the walk's statement over every span that the host gives, from the
// span's saved position to its end. `on_rows` gets the result of a SELECT
// statement, within the transaction.
void Walk(Host& host, const WalkSql& walk, const WalkOptions& options,
          const std::function<void(const db::Result&)>& on_rows);

}  // namespace segue::engine
