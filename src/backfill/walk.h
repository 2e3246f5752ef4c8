// Walking a table range by range: fill, verify and settle are the same loop
// with another statement. Each chunk is a transaction of its own; several
// workers may walk different ranges at once.
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

// A range that one worker walks, and how far it has come.
struct Span {
  std::int64_t number = 0;
  Range range;
  std::vector<db::Value> cursor;  // the last key done; empty: at the start
  std::int64_t rows = 0;          // moved, or looked at
  bool done = false;
};

// What a walk needs from whoever runs it. All on the walking thread.
class Host {
 public:
  virtual ~Host() = default;
  virtual db::Connection& connection() = 0;
  // Where the rows are: there too, unless a check reads them on a standby.
  virtual db::Connection& rows() { return connection(); }
  // The next span that nobody else walks; waits while all that is left is in
  // others' hands; nullopt when all are done.
  virtual std::optional<Span> Claim() = 0;
  // Before each chunk: waits while paused; throws Error{kCancelled} to stop.
  virtual void BeforeChunk() = 0;
  // In the chunk's transaction: throws when this runner was replaced.
  virtual void Fence() = 0;
  // Commits the chunk together with the position, so that both are lost or
  // neither is. False, and rolled back, when the span is somebody else's now.
  virtual bool Commit(db::Transaction& transaction, const Span& span) = 0;
  // After a committed chunk of `asked` rows, of which `moved` were concerned.
  virtual void Moved(std::int64_t asked, std::int64_t moved) = 0;
  // Runs `chunk` until it succeeds or patience is spent; `smaller` is called
  // before a retry after a deadlock or lock timeout. After a lost connection
  // it reconnects and calls `reload` first.
  virtual void Resiliently(const std::function<void()>& chunk,
                           const std::function<void()>& smaller,
                           const std::function<void()>& reload) = 0;
  // The span as it was saved last; nullopt when it is somebody else's now.
  virtual std::optional<Span> Load(const Span& span) = 0;
  // Whether rows are moved at less than the full pace, so that others notice
  // little of it.
  virtual bool MakesWay() = 0;
  // How many rows the next chunk has, which has `rows` at full pace.
  virtual std::int64_t ChunkRows(std::int64_t rows) = 0;
  // Rests after a chunk that took `took` and moved `rows`; at full pace for
  // `rest` of that time.
  virtual void RestAfter(const Took& took, double rest, std::int64_t rows) = 0;
};

struct WalkOptions {
  std::chrono::milliseconds chunk_time{200};
  std::chrono::milliseconds lock_budget{500};
  double rest = 0;         // fraction of a chunk's time to sleep after it
  bool in_shares = false;  // WalkSql::share is worth it
};

// Runs the walk's statement over every span that the host gives, from its saved
// position to its end. `on_rows` gets what a SELECT statement returned, in the
// transaction.
void Walk(Host& host, const WalkSql& walk, const WalkOptions& options,
          const std::function<void(const db::Result&)>& on_rows);

}  // namespace segue::engine
