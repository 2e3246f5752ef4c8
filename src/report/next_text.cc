#include "report/next_text.h"

namespace segue::report {
namespace {

// What a migration is at, of all that its status says. Each has one sentence
// and one advice.
enum class Stand {
  kPending,
  kComplete,
  kRolledBack,
  kAbandoned,
  kWorks,
  kGoesBack,
  kPausing,
  kPaused,
  kReady,
  kSealed,
  kDroppable,
  kBackStopped,
  kContractStopped,
  kBroken,
  kFailed,
  kLeft,
};

Stand OfLiveRunner(const MigrationStatus& status) {
  if (status.sub_state == SubState::kRollingBack) return Stand::kGoesBack;
  return status.paused ? Stand::kPausing : Stand::kWorks;
}

// Nobody works on the migration.
Stand OfRest(const MigrationStatus& status) {
  if (status.sub_state == SubState::kRollingBack) return Stand::kBackStopped;
  if (status.undo_left_seconds > 0) return Stand::kSealed;
  if (status.undo_left_seconds == 0) return Stand::kDroppable;
  if (status.phase == Phase::kContracting) return Stand::kContractStopped;
  if (!status.missing.empty()) return Stand::kBroken;
  if (status.sub_state == SubState::kReady) return Stand::kReady;
  if (status.paused) return Stand::kPaused;
  return status.error.empty() ? Stand::kLeft : Stand::kFailed;
}

Stand StandOf(const MigrationStatus& status) {
  if (status.sub_state == SubState::kAbandoned) return Stand::kAbandoned;
  switch (status.phase) {
    case Phase::kPending:
      return Stand::kPending;
    case Phase::kComplete:
      return Stand::kComplete;
    case Phase::kRolledBack:
      return Stand::kRolledBack;
    case Phase::kExpanding:
    case Phase::kMigrating:
    case Phase::kContracting:
      break;
  }
  return status.runner.empty() ? OfRest(status) : OfLiveRunner(status);
}

}  // namespace

std::string StandsText(const MigrationStatus& status) {
  switch (StandOf(status)) {
    case Stand::kPending:
      return "It has not begun.";
    case Stand::kComplete:
      return "It is complete: only the new shape is left.";
    case Stand::kRolledBack:
      return "It is rolled back: the schema is as it was before.";
    case Stand::kAbandoned:
      return "It is abandoned, and what is left of it stays.";
    case Stand::kWorks:
      return "It is at work.";
    case Stand::kGoesBack:
      return "It is being rolled back.";
    case Stand::kPausing:
      return "It pauses after its chunk; applications read and write as "
             "before.";
    case Stand::kPaused:
      return "It is paused; applications read and write as before.";
    case Stand::kReady:
      return "Both versions are live.";
    case Stand::kSealed:
      return "Only the new shape is in reach, and the old one can come back.";
    case Stand::kDroppable:
      return "Only the new shape is in reach, and the time to undo it is over.";
    case Stand::kBackStopped:
      return "Its rollback has stopped half-way.";
    case Stand::kContractStopped:
      return "Its contract has stopped half-way.";
    case Stand::kBroken:
      return "Somebody has changed what it has made, so that it cannot go on.";
    case Stand::kFailed:
      return "It has stopped at an error; applications read and write as "
             "before.";
    case Stand::kLeft:
      return "Nobody works on it: its runner has ended. Applications read and "
             "write as before.";
  }
  return "";
}

std::string NextText(const MigrationStatus& status) {
  switch (StandOf(status)) {
    case Stand::kPending:
    case Stand::kRolledBack:
      return "segue start begins it";
    case Stand::kComplete:
    case Stand::kAbandoned:
      return "";
    case Stand::kWorks:
    case Stand::kGoesBack:
      return "segue watch follows it";
    case Stand::kPausing:
    case Stand::kPaused:
      return "segue resume goes on";
    case Stand::kReady:
      return "bring out the new version of the application, then segue "
             "complete; or segue rollback";
    case Stand::kSealed:
      return "segue undo brings the old shape back; segue complete --drop "
             "drops "
             "it";
    case Stand::kDroppable:
    case Stand::kContractStopped:
      return "segue complete goes on";
    case Stand::kBackStopped:
      return "segue rollback goes on";
    case Stand::kBroken:
      return "segue rollback undoes what is there";
    case Stand::kFailed:
      return "mend the cause, then segue resume; or segue rollback";
    case Stand::kLeft:
      return "segue resume goes on where it stopped; or segue rollback";
  }
  return "";
}

}  // namespace segue::report
