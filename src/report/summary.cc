#include "report/summary.h"

#include <algorithm>

#include "base/visible.h"

namespace segue::report {

namespace {

constexpr char kReadyVersioned[] =
    "  old version   connects as it does today\n"
    "  new version   segue url --version ";
constexpr char kReadyInPlace[] =
    "  Both versions connect as they do today (segue url). A new or renamed\n"
    "  column stands beside the old one and is kept in step with it; a column\n"
    "  that keeps its name changes at complete.\n";
constexpr char kNextReady[] =
    "Next: bring out the new version of the application, then segue complete;\n"
    "      or segue rollback, which undoes everything.\n";

constexpr char kNextForward[] =
    "Next: bring out the new version of the application, then segue complete.\n"
    "      SQL without 'down' has run: there is no way back with segue "
    "rollback.\n";

bool CanGoBack(const Plan& plan) {
  return std::all_of(plan.steps.begin(), plan.steps.end(),
                     [](const Step& step) {
                       return step.phase == Phase::kContracting ||
                              !step.executed || step.reversible();
                     });
}

std::string ReadyText(const MigrationStatus& status, const Plan& plan) {
  std::string text = status.id + " is ready: both versions are live.\n";
  if (status.version_schema.empty()) {
    text += kReadyInPlace;
  } else {
    text +=
        kReadyVersioned + status.id + "   (" + status.version_schema + ")\n";
  }
  return text + (CanGoBack(plan) ? kNextReady : kNextForward);
}

// Somebody else may have removed what the rollback would have undone.
std::string RolledBackText(const MigrationStatus& status, bool whole) {
  if (status.sub_state == SubState::kAbandoned) {
    return status.id +
           " is abandoned; segue history says why and what is left.\n";
  }
  if (!whole) return status.id + " is rolled back, but for what is noted.\n";
  return status.id + " is rolled back; the schema is as it was before.\n";
}

std::string SealedText(const MigrationStatus& status) {
  return status.id + " is sealed: the old shape is out of reach.\n" +
         "Next: segue undo brings it back, for " +
         FormatDuration(status.undo_left_seconds) +
         "; after that, or with --drop,\n"
         "      segue complete drops it.\n";
}

std::string StateText(const Outcome& outcome) {
  const MigrationStatus& status = outcome.status;
  switch (status.phase) {
    case Phase::kComplete:
      return status.id + " is complete.\n";
    case Phase::kRolledBack:
      return RolledBackText(status, outcome.notes.empty());
    case Phase::kMigrating:
      if (status.sub_state == SubState::kReady) {
        return ReadyText(status, outcome.plan);
      }
      break;
    case Phase::kContracting:
      if (status.undo_left_seconds >= 0) return SealedText(status);
      break;
    case Phase::kPending:
    case Phase::kExpanding:
      break;
  }
  return status.id + " is at " + std::string(ToString(status.phase)) +
         "; segue resume goes on.\n";
}

std::string NotesText(const std::vector<std::string>& notes) {
  std::string text;
  for (const std::string& note : notes) {
    text += "Note: " + base::VisibleInLine(note) + "\n";
  }
  return text;
}

}  // namespace

std::string SummaryText(const Outcome& outcome) {
  return NotesText(outcome.notes) + (outcome.acted ? StateText(outcome) : "");
}

std::string DryRunText(const Outcome& outcome) {
  std::string text = outcome.plan.id + " would go through:\n";
  for (const HistoryEntry& entry : outcome.history) {
    text += "  [" + std::string(ToString(entry.kind)) + "] " +
            base::VisibleInLine(entry.message) + "\n";
  }
  return text + NotesText(outcome.notes);
}

}  // namespace segue::report
