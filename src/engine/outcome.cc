// What a run came to, and what status says.
#include <algorithm>

#include "db/signal.h"
#include "engine/session.h"
#include "ledger/lease.h"
#include "ledger/observations.h"

namespace segue {

MigrationStatus Migrator::Session::StatusOf(engine::MigrationRow row) {
  ledger.LoadStates(connection(), row.id, row.plan);
  MigrationStatus status;
  status.id = row.id;
  status.title = row.title;
  status.phase = row.phase;
  status.sub_state = row.sub_state;
  status.access = row.plan.access;
  status.version_schema = row.plan.version_schema;
  status.on_transform_error = row.plan.on_transform_error;
  status.progress_pct = row.plan.progress_pct();
  status.error = row.error;
  status.started_at = row.started_at;
  status.updated_at = row.updated_at;
  status.folded = ledger.Folded(connection(), row.id);
  status.folded_into = row.folded_into;
  // One that is folded has no steps of its own.
  if (!row.folded_into.empty() && status.is_complete()) {
    status.progress_pct = 100;
  }
  for (const Step& step : row.plan.steps) {
    status.steps.push_back({step.phase, step.description, step.executed,
                            step.rolled_back, step.removes});
  }
  if (const auto holder = engine::Lease::Live(connection(), ledger)) {
    status.runner = holder->ToString();
  }
  AddPace(status);
  AddRows(row, status);
  return status;
}

// What is held back is whoever moves rows now.
void Migrator::Session::AddPace(MigrationStatus& status) {
  const engine::Control control = engine::Controls(ledger).Load(connection());
  status.paused = control.pause;
  if (status.runner.empty()) return;
  status.pace = control.pause ? 0 : control.allowed;
  status.pace_reason = control.pause
                           ? std::string(ToString(db::PaceReason::kPaused))
                           : control.reason;
}

void Migrator::Session::AddRows(const engine::MigrationRow& row,
                                MigrationStatus& status) {
  for (std::size_t number = 0; number < row.plan.steps.size(); ++number) {
    const Step& step = row.plan.steps[number];
    for (std::size_t at = 0; at < step.actions.size(); ++at) {
      const PlannedAction& action = step.actions[at];
      if (!action.progress.empty() && !step.executed) {
        const auto build = engine::Observations(ledger).Load(
            connection(), row.id, engine::ObservationKind::kBuild,
            engine::ActionName(number, at));
        if (build) {
          status.activity = action.description + ": " +
                            std::to_string(db::ToInt(build->at(0))) + "%";
        }
      }
      if (action.kind != ActionKind::kBackfill) continue;
      const auto motion =
          ledger.LoadMotion(connection(), row.id, action.motion, "backfill");
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

Outcome Migrator::Session::OutcomeOf(const std::string& id) {
  Outcome outcome;
  auto row = ledger.Load(connection(), id);
  outcome.plan = row->plan;
  ledger.LoadStates(connection(), id, outcome.plan);
  outcome.history = ledger.Events(connection(), id);
  outcome.status = StatusOf(std::move(*row));
  outcome.status.runner.clear();  // this run is over
  outcome.status.pace = 1;
  outcome.status.pace_reason.clear();
  return outcome;
}

Outcome Migrator::Session::DryRun(const Plan& plan,
                                  const std::vector<HistoryEntry>& log) {
  Outcome outcome;
  outcome.plan = plan;
  outcome.status.id = plan.id;
  outcome.status.title = plan.title;
  outcome.status.access = plan.access;
  outcome.status.version_schema = plan.version_schema;
  outcome.history = log;
  outcome.notes.push_back("dry run: nothing was executed");
  for (const HistoryEntry& entry : log) {
    Progress progress;
    progress.migration = plan.id;
    progress.step = entry.message;
    progress.message = entry.message;
    if (options.on_progress) options.on_progress(progress);
  }
  return outcome;
}

}  // namespace segue
