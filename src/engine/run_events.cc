#include "engine/run_events.h"

#include <algorithm>

#include "db/dialect.h"

namespace segue::engine {
namespace {

std::string MessageOf(Progress::Event event) {
  switch (event) {
    case Progress::Event::kStarted:
      return "The run has begun";
    case Progress::Event::kReady:
      return "Both versions are live";
    case Progress::Event::kSealed:
      return "The old version is shut out; nothing is dropped yet";
    case Progress::Event::kComplete:
      return "Migration finished successfully";
    case Progress::Event::kRolledBack:
      return "Migration was rolled back";
    case Progress::Event::kPaused:
    case Progress::Event::kResumed:
    case Progress::Event::kFailed:
    case Progress::Event::kStepStarted:
    case Progress::Event::kStepDone:
    case Progress::Event::kStepRolledBack:
    case Progress::Event::kRows:
    case Progress::Event::kRetry:
    case Progress::Event::kNote:
      break;
  }
  return "";
}

// True when the migration is past all steps of this step's phase and stage.
bool IsPast(const Step& step, const MigrationRow& row) {
  if (row.phase == Phase::kRolledBack) return false;
  if (step.phase != row.phase) return step.phase < row.phase;
  if (row.phase == Phase::kMigrating) return row.sub_state == SubState::kReady;
  return row.phase == Phase::kContracting && step.stage == Stage::kSeal;
}

// Computes the share from the phase alone. The events of steps are more exact,
// but this report must not depend on a session that may just have been lost.
double PercentOf(const MigrationRow& row) {
  if (row.phase == Phase::kComplete) return 100;
  const std::vector<Step>& steps = row.plan.steps;
  if (steps.empty()) return 0;
  const auto past =
      std::count_if(steps.begin(), steps.end(),
                    [&](const Step& step) { return IsPast(step, row); });
  return 100.0 * static_cast<double>(past) / static_cast<double>(steps.size());
}

Progress ProgressOf(const MigrationRow& row, Progress::Event event) {
  Progress progress;
  progress.event = event;
  progress.migration = row.id;
  progress.phase = row.phase;
  progress.sub_state = row.sub_state;
  return progress;
}

}  // namespace

void TellRun(const MigratorOptions& options, const MigrationRow& row,
             Progress::Event event) {
  Progress progress = ProgressOf(row, event);
  progress.progress_pct = PercentOf(row);
  progress.message = MessageOf(event);
  options.listeners.Send(progress);
}

void TellFailure(const MigratorOptions& options, const MigrationRow& row,
                 const Error& error) {
  Progress progress = ProgressOf(row, Progress::Event::kFailed);
  progress.message = error.what();
  progress.cause = ToString(error.kind());
  progress.hint = error.hint();
  progress.notes = error.notes();
  options.listeners.Send(progress);
}

base::LogFields AboutRun(const Database& database,
                         const std::string& migration) {
  base::LogFields fields = {
      {"database", database.connect_options().url.Redacted()},
      {"schema", database.schema()}};
  if (!migration.empty()) fields.push_back({"migration", migration});
  return fields;
}

}  // namespace segue::engine
