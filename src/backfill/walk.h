// Walking a table range by range: fill, verify and settle are the same loop
// with another statement. One worker; each chunk is a transaction of its own.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "backfill/chunk_size.h"
#include "backfill/range.h"
#include "db/connection.h"
#include "segue/plan.h"

namespace segue::backfill {

// Where a walk stands.
struct Position {
  std::vector<db::Value> cursor;  // the last key done; empty: at the start
  std::int64_t rows = 0;
  std::int64_t total = 0;  // an estimate; 0: unknown
  double rate = 0;         // rows per second of this run
  bool done = false;
};

// What a walk needs from whoever runs it. All on the walking thread.
class Host {
 public:
  virtual ~Host() = default;
  virtual db::Connection& connection() = 0;
  // Before each chunk: waits while paused; throws Error{kCancelled} to stop.
  virtual void BeforeChunk() = 0;
  // In the chunk's transaction: throws when this runner was replaced.
  virtual void Fence() = 0;
  // In the chunk's transaction: keeps the position, so that both are lost or
  // neither is.
  virtual void Save(const Position& position) = 0;
  // After a committed chunk.
  virtual void Moved(const Position& position, std::int64_t chunk_rows) = 0;
  // Runs `chunk` until it succeeds or patience is spent; `smaller` is called
  // before a retry after a deadlock or lock timeout. After a lost connection
  // it reconnects and calls `reload` first.
  virtual void Resiliently(const std::function<void()>& chunk,
                           const std::function<void()>& smaller,
                           const std::function<void()>& reload) = 0;
  // The last saved position.
  virtual Position Load() = 0;
  virtual void Rest(std::chrono::milliseconds duration) = 0;
};

struct WalkOptions {
  std::chrono::milliseconds chunk_time{200};
  std::chrono::milliseconds lock_budget{500};
  double rest = 0;  // fraction of a chunk's time to sleep after it
  bool writes = true;
  // Run instead over a range in which the statement raised kConstraint; null:
  // the walk ends with the error. Must outlive the walk.
  const RangeSql* when_refused = nullptr;
};

// Runs `statement` over every range from the saved position to the end of the
// table. `on_rows` gets what a SELECT statement returned, in the transaction.
void Walk(Host& host, const MotionSql& motion, const RangeSql& statement,
          const WalkOptions& options,
          const std::function<void(const db::Result&)>& on_rows);

}  // namespace segue::backfill
