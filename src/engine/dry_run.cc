#include "engine/dry_run.h"

#include "engine/dry_runner.h"
#include "engine/plan_trial.h"
#include "engine/preflight.h"
#include "ledger/named.h"
#include "segue/error.h"

namespace segue::engine {

// A dry run makes the plan anew, whatever the ledger has.
Standing DryRun::Begin(const Migration& /*migration*/) {
  return Standing::kFresh;
}

bool DryRun::Continue(const std::string& named, Phase end) {
  const MigrationRow row = context_.Require(named, end);
  plan_ = row.plan;
  if (row.phase == end) {
    over_ = OverText(row);
    return false;
  }
  context_.ledger.LoadStates(context_.connection(), row.id, plan_);
  return true;
}

// A dry run does not try the expressions on all rows, which takes long.
void DryRun::Preflight(const Planned& planned) {
  RefuseFindings(planned);
  notes_ = TryPlan(context_, planned);
}

void DryRun::Intend(const Planned& planned,
                    const std::vector<std::string>& queries) {
  Keep(queries);
  plan_ = planned.plan;
  plan_.notes.insert(plan_.notes.end(), notes_.begin(), notes_.end());
  for (const Finding& finding : planned.findings) {
    plan_.notes.push_back(finding.message);
  }
  plan_.findings = planned.findings;
}

void DryRun::Keep(const std::vector<std::string>& queries) {
  if (queries.empty()) return;
  throw Error(ErrorKind::kUsage,
              "a dry run keeps nothing, so no plans of queries either");
}

void DryRun::RunPhases(Phase first, Phase last) {
  DryRunner runner(plan_, log_);
  for (std::size_t step = 0; step < plan_.steps.size(); ++step) {
    const Step& planned = plan_.steps[step];
    const bool wanted = planned.phase >= first && planned.phase <= last;
    if (wanted && !planned.executed) runner.Run(step);
  }
}

void DryRun::ToReady(bool /*undo_on_any_failure*/) {
  RunPhases(Phase::kExpanding, Phase::kMigrating);
}

void DryRun::Contract(const std::string& /*force_reason*/, bool /*drop*/) {
  RunPhases(Phase::kContracting, Phase::kContracting);
}

void DryRun::Unseal(const std::string& /*lossy_reason*/) {
  UndoSteps([](const Step& step) { return step.phase == Phase::kContracting; });
}

void DryRun::Undo(const std::string& /*abandon_reason*/) {
  UndoSteps([](const Step&) { return true; });
}

void DryRun::UndoSteps(const std::function<bool(const Step&)>& which) {
  DryRunner runner(plan_, log_);
  for (std::size_t step = plan_.steps.size(); step-- > 0;) {
    const Step& planned = plan_.steps[step];
    if (planned.executed && which(planned)) runner.Undo(step);
  }
}

Outcome DryRun::Report() {
  Outcome outcome;
  outcome.plan = plan_;
  outcome.status.id = plan_.id;
  outcome.status.title = plan_.title;
  outcome.status.access = plan_.access;
  outcome.status.version_schema = plan_.version_schema;
  outcome.history = log_;
  outcome.acted = over_.empty();
  if (!outcome.acted) outcome.notes.push_back(over_);
  outcome.notes.push_back("dry run: nothing was executed");
  for (const HistoryEntry& entry : log_) {
    Progress progress;
    progress.migration = plan_.id;
    progress.step = entry.message;
    progress.message = entry.message;
    context_.options.listeners.Send(progress);
  }
  return outcome;
}

}  // namespace segue::engine
