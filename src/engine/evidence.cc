// What has to be known before anything is dropped. It is asked in every run
// that may still drop the first thing: what the ledger says of an earlier run
// is no evidence, because rows and queries have gone on since that run died.
#include <algorithm>

#include "base/text.h"
#include "engine/session.h"
#include "segue/error.h"

namespace segue {

using engine::ActionState;
using engine::Lease;
using engine::MigrationRow;
using engine::Runner;

bool Migrator::Session::HappenedAlone(const PlannedAction& action) {
  if (action.transactional || action.probe.empty()) return false;
  const db::Result found = connection().Execute(action.probe);
  return !found.rows.empty() && !db::IsNull(found.rows[0].at(0)) &&
         db::ToInt(found.rows[0].at(0)) != 0;
}

bool Migrator::Session::OnlyForward(const MigrationRow& row) {
  return row.sub_state == SubState::kDropping || PastFirstDrop(row);
}

bool Migrator::Session::AnyIs(const MigrationRow& row, bool of_contract,
                              const std::vector<ActionState>& states) {
  for (std::size_t step = 0; step < row.plan.steps.size(); ++step) {
    const Step& planned = row.plan.steps[step];
    if ((planned.phase == Phase::kContracting) != of_contract) continue;
    for (std::size_t action = 0; action < planned.actions.size(); ++action) {
      const ActionState state =
          ledger.StateOf(connection(), row.id, static_cast<int>(step),
                         static_cast<int>(action));
      if (std::count(states.begin(), states.end(), state) > 0) return true;
    }
  }
  return false;
}

bool Migrator::Session::ContractBegun(const MigrationRow& row) {
  return AnyIs(
      row, true,
      {ActionState::kRunning, ActionState::kDone, ActionState::kUndone});
}

void Migrator::Session::GatherEvidence(Lease& lease, MigrationRow& row,
                                       Runner& runner,
                                       const std::string& force_reason) {
  if (AnyIs(row, false, {ActionState::kUndone})) {
    throw Error(ErrorKind::kRefused,
                "migration '" + row.id + "' has been rolled back in part")
        .WithHint("run 'segue rollback' to finish it; nothing was contracted");
  }
  // A contract that died has exchanged names that the check reads, or was being
  // undone.
  if (ContractBegun(row)) Unseal(lease, row, runner);
  RefuseUsed(lease, row, force_reason);
  const VerifyReport report = runner.VerifyAll();
  if (report.clean()) return;
  throw Error(ErrorKind::kMismatch,
              "old and new disagree in " + base::Join(report.mismatches, "; "))
      .WithHint("nothing was contracted; both versions are live");
}

}  // namespace segue
