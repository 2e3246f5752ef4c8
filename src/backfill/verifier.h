// The proof that old and new agree, row by row, and the repair of what does
// not.
#pragma once

#include <cstdint>
#include <vector>

#include "backfill/run_context.h"
#include "backfill/standby.h"
#include "backfill/walks.h"

namespace segue::engine {

class Verifier {
 public:
  // Both references must outlive it.
  Verifier(const RunContext& context, Walks& walks)
      : context_(context), walks_(walks) {}

  // Checks every motion of the plan; does not throw on a mismatch. With
  // VerifyOptions::repair, rows that disagree are derived again and all is
  // checked anew. The rows are read on `standby`, unless it is null.
  VerifyReport VerifyAll(const VerifyOptions& options = {},
                         Standby* standby = nullptr);

 private:
  // A motion that a step of the plan proves.
  struct Proof {
    std::size_t step = 0;
    const MotionSql* motion = nullptr;
  };

  std::vector<Proof> Proofs() const;
  // `wrong` gets those of which rows disagree.
  VerifyReport CheckAll(bool strict, StandbyReading* reading,
                        std::vector<Proof>& wrong);
  VerifyReport CheckAllOn(Standby* standby, bool strict,
                          std::vector<Proof>& wrong);
  bool CheckMotion(const Proof& proof, bool strict, StandbyReading* reading,
                   VerifyReport& report);
  std::int64_t Repair(const Proof& proof);
  std::int64_t RecordRepair(const MotionSql& motion);

  const RunContext& context_;
  Walks& walks_;
};

}  // namespace segue::engine
