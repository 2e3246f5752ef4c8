// The work on rows that the steps of a plan demand.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "backfill/pacing.h"
#include "backfill/row_walk.h"
#include "backfill/run_context.h"
#include "plan/planned.h"

namespace segue::engine {

// The rows that a check found wrong, at most a hundred of each kind, as "table:
// key: reason".
struct Disagreement {
  std::vector<std::string> rows;
  std::int64_t checked = 0;  // rows, an estimate
};

// Every method reports its progress, and continues where an earlier run
// stopped, by the ledger.
class Walks {
 public:
  // Both references must outlive the walks.
  Walks(const RunContext& context, Pacing& pacing)
      : context_(context), pacing_(pacing) {}

  // Fills the existing rows, and records what that cost. Throws
  // Error{kConstraint} that names the rows on which the expression fails.
  void Fill(const MotionSql& motion);
  void Settle(const MotionSql& motion);
  // Takes the copied values out of the old column again, for a rollback.
  void Retreat(const MotionSql& motion);
  // Throws Error{kMismatch} that names the rows which these walks find.
  void Verify(const MotionSql& motion, const std::vector<WalkSql>& walks);

  // Returns the rows that these walks find. The rows are read on a standby
  // unless `reading` is null.
  Disagreement Check(const MotionSql& motion, const std::vector<WalkSql>& walks,
                     StandbyReading* reading);
  // Returns how many rows are not filled, for people.
  std::string CountLeft(const MotionSql& motion);
  // Derives the rows of the table that disagree again.
  void Repair(const MotionSql& motion);

 private:
  void Write(const MotionSql& motion, Activity activity);
  void FillRows(const MotionSql& motion);
  std::int64_t RowsLeft(const MotionSql& motion);
  // Fills the rows that the fill has not seen; false when there are none.
  bool FillWhatIsLeft(const MotionSql& motion);
  [[noreturn]] void ThrowWithKeys(const MotionSql& motion, const Error& error);

  const RunContext& context_;
  Pacing& pacing_;
};

}  // namespace segue::engine
