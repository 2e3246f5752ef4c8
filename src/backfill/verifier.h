// Verifies that old and new agree in every row, and repairs rows that do not.
#pragma once

#include <cstdint>
#include <vector>

#include "backfill/run_context.h"
#include "backfill/standby.h"
#include "backfill/walks.h"

namespace segue::engine {

class Verifier {
 public:
  // Both references must outlive the verifier.
  Verifier(const RunContext& context, Walks& walks)
      : context_(context), walks_(walks) {}

  // Checks every motion of the plan, and does not throw when rows disagree.
  // With VerifyOptions::repair, it derives rows that disagree again and then
  // checks everything anew. The rows are read on `standby`, or in the database
  // when it is null.
  VerifyReport VerifyAll(const VerifyOptions& options = {},
                         Standby* standby = nullptr);

  // Checks, once the contract is sealed, that the old shape follows the new one
  // in every row but those that are marked. Does not throw when rows disagree.
  VerifyReport VerifySealed();
  // Returns the rows of which the old shape could not hold what the new version
  // has written since the seal.
  std::vector<std::string> MarkedSealed();

 private:
  // A motion that a step of the plan verifies.
  struct Proof {
    std::size_t step = 0;
    const MotionSql* motion = nullptr;
  };

  std::vector<Proof> Proofs() const;
  // Adds to `wrong` the motions that have rows which disagree.
  VerifyReport CheckAll(bool strict, StandbyReading* reading,
                        std::vector<Proof>& wrong);
  VerifyReport CheckAllOn(Standby* standby, bool strict,
                          std::vector<Proof>& wrong);
  bool CheckMotion(const Proof& proof, bool strict, StandbyReading* reading,
                   VerifyReport& report);
  void AppendMarked(const MotionSql& motion, Disagreement marked,
                    VerifyReport& report);
  std::int64_t Repair(const Proof& proof);
  std::int64_t RecordRepair(const MotionSql& motion);

  const RunContext& context_;
  Walks& walks_;
};

}  // namespace segue::engine
