// The texts of the kinds of entries of the history.
#include <array>
#include <string>
#include <utility>

#include "base/text.h"
#include "segue/error.h"
#include "segue/progress.h"

namespace segue {
namespace {

// The texts in the ledger and in JSON.
constexpr std::array<std::pair<EventKind, std::string_view>, 18> kKinds = {{
    {EventKind::kExpanding, "EXPANDING"},
    {EventKind::kMigrating, "MIGRATING"},
    {EventKind::kContracting, "CONTRACTING"},
    {EventKind::kReady, "READY"},
    {EventKind::kComplete, "COMPLETE"},
    {EventKind::kUndone, "ROLLBACK"},
    {EventKind::kRolledBack, "ROLLED_BACK"},
    {EventKind::kFailed, "FAILED"},
    {EventKind::kStopped, "STOPPED"},
    {EventKind::kForced, "FORCED"},
    {EventKind::kAbandoned, "ABANDONED"},
    {EventKind::kFolded, "FOLDED"},
    {EventKind::kFill, "FILL"},
    {EventKind::kRepaired, "REPAIRED"},
    {EventKind::kPace, "PACE"},
    {EventKind::kPaused, "PAUSED"},
    {EventKind::kResumed, "RESUMED"},
    {EventKind::kNote, "NOTE"},
}};

}  // namespace

std::string_view ToString(EventKind kind) {
  for (const auto& [known, text] : kKinds) {
    if (known == kind) return text;
  }
  throw Error(ErrorKind::kInternal, "unknown kind of an event");
}

EventKind EventKindFromString(std::string_view text) {
  for (const auto& [kind, known] : kKinds) {
    if (known == text) return kind;
  }
  throw Error(ErrorKind::kCorrupt,
              "the history has an entry of the unknown "
              "kind " +
                  base::Quoted(text, '\''));
}

EventKind EventKindOf(Phase phase) {
  switch (phase) {
    case Phase::kExpanding:
      return EventKind::kExpanding;
    case Phase::kMigrating:
      return EventKind::kMigrating;
    case Phase::kContracting:
      return EventKind::kContracting;
    case Phase::kPending:
    case Phase::kComplete:
    case Phase::kRolledBack:
      break;
  }
  throw Error(ErrorKind::kInternal,
              "no step is of the phase " + std::string(ToString(phase)));
}

}  // namespace segue
