// One walk over the rows of a table, by the thread that runs the migration and
// the workers beside it.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>

#include "backfill/pacing.h"
#include "backfill/ranges.h"
#include "backfill/run_context.h"
#include "backfill/standby.h"
#include "plan/planned.h"

namespace segue::engine {

// The standby on which rows are read, and the runner's session there.
struct StandbyReading {
  const Standby& standby;
  StandbyConnection session;
};

// The progress of a walk, as this process knows it.
struct WalkProgress {
  std::int64_t total = 0;  // of the table, an estimate
  std::int64_t rows = 0;
  std::int64_t rows_at_start = 0;
  std::int64_t rows_at_reclaim = 0;
  std::chrono::steady_clock::time_point started;
  std::chrono::steady_clock::time_point looked;

  double Rate() const;  // rows per second
};

class RowWalk {
 public:
  // Estimates the rows of the table; a repair counts the rows that it writes
  // instead. Without `reading`, which may be null, the rows are read in the
  // database. All references must outlive the walk.
  RowWalk(const RunContext& context, Pacing& pacing, const MotionSql& motion,
          Activity activity, const WalkSql& walk,
          StandbyReading* reading = nullptr);
  ~RowWalk();
  RowWalk(const RowWalk&) = delete;
  RowWalk& operator=(const RowWalk&) = delete;

  // Walks the ranges that are not done by the ledger, and does nothing when the
  // walk is done.
  void Write();
  // Walks the whole table. `on_rows` gets the result of each chunk's statement,
  // on one thread at a time.
  void Read(const std::function<void(const db::Result&)>& on_rows);

  std::int64_t total() const { return progress_.total; }

 private:
  void EstimateTotal();
  // Returns false when the walk is done already.
  bool PrepareRanges(LedgerRanges& ranges);
  void FinishRanges(LedgerRanges& ranges);
  void Together(Ranges& ranges,
                const std::function<void(const db::Result&)>& on_rows);

  const RunContext& context_;
  Pacing& pacing_;
  const MotionSql& motion_;
  const Activity activity_;
  const WalkSql& walk_;
  StandbyReading* reading_;
  WalkProgress progress_;
};

}  // namespace segue::engine
