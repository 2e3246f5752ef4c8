#include "segue/progress.h"

namespace segue {

std::string_view ToString(Progress::Event event) {
  switch (event) {
    case Progress::Event::kStarted:
      return "started";
    case Progress::Event::kReady:
      return "ready";
    case Progress::Event::kPaused:
      return "paused";
    case Progress::Event::kResumed:
      return "resumed";
    case Progress::Event::kSealed:
      return "sealed";
    case Progress::Event::kComplete:
      return "complete";
    case Progress::Event::kRolledBack:
      return "rolled_back";
    case Progress::Event::kFailed:
      return "failed";
    case Progress::Event::kStepStarted:
      return "step_started";
    case Progress::Event::kStepDone:
      return "step_done";
    case Progress::Event::kStepRolledBack:
      return "step_rolled_back";
    case Progress::Event::kRows:
      return "rows";
    case Progress::Event::kRetry:
      return "retry";
    case Progress::Event::kNote:
      return "note";
  }
  return "note";
}

bool IsOfRun(Progress::Event event) {
  switch (event) {
    case Progress::Event::kStarted:
    case Progress::Event::kReady:
    case Progress::Event::kPaused:
    case Progress::Event::kResumed:
    case Progress::Event::kSealed:
    case Progress::Event::kComplete:
    case Progress::Event::kRolledBack:
    case Progress::Event::kFailed:
      return true;
    case Progress::Event::kStepStarted:
    case Progress::Event::kStepDone:
    case Progress::Event::kStepRolledBack:
    case Progress::Event::kRows:
    case Progress::Event::kRetry:
    case Progress::Event::kNote:
      return false;
  }
  return false;
}

}  // namespace segue
