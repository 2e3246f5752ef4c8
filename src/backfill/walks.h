// The work on rows that steps of a plan ask for.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "backfill/pacing.h"
#include "backfill/row_walk.h"
#include "backfill/run_context.h"
#include "plan/planned.h"

namespace segue::engine {

// The rows that a check found wrong, at most a hundred of each kind, as
// "table: key: reason".
struct Disagreement {
  std::vector<std::string> rows;
  std::int64_t checked = 0;  // rows, an estimate
};

// Each call reports to those who watch, and goes on where an earlier run
// stopped, by the ledger.
class Walks {
 public:
  // Both references must outlive it.
  Walks(const RunContext& context, Pacing& pacing)
      : context_(context), pacing_(pacing) {}

  // Gives the rows there are their values, and records what that cost. Throws
  // Error{kConstraint} that names the rows which the expression fails on.
  void Fill(const MotionSql& motion);
  void Settle(const MotionSql& motion);
  // Takes the copies out of the old column again.
  void Retreat(const MotionSql& motion);
  // Throws Error{kMismatch} that names rows which these walks find.
  void Verify(const MotionSql& motion, const std::vector<WalkSql>& walks);

  // The rows that these walks find; read on a standby unless it is null.
  Disagreement Check(const MotionSql& motion, const std::vector<WalkSql>& walks,
                     StandbyReading* reading);
  // Derives the rows of the table that disagree again.
  void Repair(const MotionSql& motion);

 private:
  void Write(const MotionSql& motion, Activity activity);
  void FillRows(const MotionSql& motion);
  // Fills what the fill has not seen; false: there is nothing.
  bool FillWhatIsLeft(const MotionSql& motion);
  [[noreturn]] void ThrowWithKeys(const MotionSql& motion, const Error& error);

  const RunContext& context_;
  Pacing& pacing_;
};

}  // namespace segue::engine
