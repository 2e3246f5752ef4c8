#include "engine/status.h"

#include <algorithm>

#include "db/signal.h"
#include "engine/contract.h"
#include "engine/gate/writes.h"
#include "engine/grants.h"
#include "engine/holders.h"
#include "engine/missing.h"
#include "engine/seal.h"
#include "engine/version_users.h"
#include "ledger/control.h"
#include "ledger/lease.h"
#include "ledger/observations.h"
#include "throttle/awaited_standby.h"

namespace segue::engine {
namespace {

// Only a runner that lives has a pace, because the pace is that runner's.
void AddPace(const Context& context, MigrationStatus& status) {
  const Control control = Controls(context.ledger).Load(context.connection());
  status.paused = control.pause;
  if (status.runner.empty()) return;
  status.pace = control.pause ? 0 : control.allowed;
  status.pace_reason = control.pause
                           ? std::string(ToString(db::PaceReason::kPaused))
                           : control.reason;
}

void AddRows(const Context& context, const MigrationRow& row,
             MigrationStatus& status) {
  for (std::size_t number = 0; number < row.plan.steps.size(); ++number) {
    const Step& step = row.plan.steps[number];
    for (std::size_t at = 0; at < step.actions.size(); ++at) {
      const PlannedAction& action = step.actions[at];
      if (!action.progress.empty() && !step.executed) {
        const auto build =
            Observations(context.ledger)
                .Load(context.connection(), row.id, ObservationKind::kBuild,
                      ActionName(number, at));
        if (build) {
          status.activity = action.description + ": " +
                            std::to_string(db::ToInt(build->at(0))) + "%";
        }
      }
      if (action.kind != ActionKind::kBackfill) continue;
      const auto motion = context.ledger.LoadMotion(
          context.connection(), row.id, action.motion, "backfill");
      if (!motion) continue;
      status.rows_done += motion->rows;
      status.rows_total += std::max(motion->total, motion->rows);
      status.rows_per_second = motion->rate;
    }
  }
  if (status.rows_per_second > 0 &&
      status.sub_state == SubState::kBackfilling) {
    status.eta_seconds =
        static_cast<double>(status.rows_total - status.rows_done) /
        status.rows_per_second;
  }
}

}  // namespace

namespace {

// The states of the steps are written before each of them, and say more than
// the phase, which is written when a stage is over.
void RefineState(const Context& context, const MigrationRow& row,
                 MigrationStatus& status) {
  if (!status.is_active()) return;
  if (RollingBack(context, row)) {
    status.sub_state = SubState::kRollingBack;
  } else if (row.sub_state == SubState::kReady && ContractBegun(context, row)) {
    status.phase = Phase::kContracting;
    status.sub_state = SubState::kSealing;
  } else if (row.sub_state == SubState::kSealed &&
             PastFirstDrop(context, row)) {
    status.sub_state = SubState::kDropping;
  }
  if (const auto window = WindowOf(context, row)) {
    status.sealed_at = window->sealed_at;
    status.undo_left_seconds = window->left_seconds;
  }
  // The plan says by SQL how to find it, which a role that only watches does
  // not run for whoever wrote the plan.
  if (!context.TrustsLedger()) return;
  status.missing = Missing(context, row);
  status.held = HoldersOfContract(context, row);
  if (status.phase == Phase::kContracting ||
      status.sub_state == SubState::kRollingBack) {
    return;
  }
  status.grants = UnfollowedGrants(context, &row, LiveVersions(context));
  status.writes_to_fail = WritesToFailNow(context, row);
}

}  // namespace

MigrationStatus StatusOf(const Context& context, MigrationRow row) {
  context.ledger.LoadStates(context.connection(), row.id, row.plan);
  MigrationStatus status;
  status.id = row.id;
  status.title = row.title;
  status.phase = row.phase;
  status.sub_state = row.sub_state;
  status.access = row.plan.access;
  status.version_schema = row.plan.version_schema;
  status.undo_window_seconds = row.plan.undo_window.count();
  status.on_transform_error = row.plan.on_transform_error;
  status.progress_pct = row.plan.progress_pct();
  status.error = row.error;
  status.started_at = row.started_at;
  status.updated_at = row.updated_at;
  status.folded = context.ledger.Folded(context.connection(), row.id);
  status.folded_into = row.folded_into;
  // A migration that is folded into another has no steps of its own.
  if (!row.folded_into.empty() && status.is_complete()) {
    status.progress_pct = 100;
  }
  for (const Step& step : row.plan.steps) {
    status.steps.push_back({step.phase, step.description, step.executed,
                            step.rolled_back, step.removes});
  }
  if (const auto holder = Lease::Live(context.connection(), context.ledger)) {
    status.runner = holder->ToString();
  }
  RefineState(context, row, status);
  status.refusing = RefusingTexts(VersionsNow(context));
  AddPace(context, status);
  if (status.is_active()) {
    status.awaited_standby =
        AwaitedStandby(context.connection(), context.database.dialect());
  }
  AddRows(context, row, status);
  return status;
}

Outcome OutcomeOf(const Context& context, const std::string& id) {
  Outcome outcome;
  auto row = context.ledger.Load(context.connection(), id);
  outcome.plan = row->plan;
  context.ledger.LoadStates(context.connection(), id, outcome.plan);
  outcome.history = context.ledger.Events(context.connection(), id);
  outcome.status = StatusOf(context, std::move(*row));
  outcome.status.runner.clear();  // the run that is reported has ended
  outcome.status.pace = 1;
  outcome.status.pace_reason.clear();
  return outcome;
}

}  // namespace segue::engine
