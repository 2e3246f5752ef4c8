// Phases, sub-states and the transitions between them.
#include <array>
#include <string>
#include <utility>

#include "base/text.h"
#include "plan/planned.h"
#include "segue/error.h"

namespace segue {
namespace {

template <typename T, std::size_t N>
using Names = std::array<std::pair<T, std::string_view>, N>;

constexpr Names<Phase, 6> kPhases = {{
    {Phase::kPending, "PENDING"},
    {Phase::kExpanding, "EXPANDING"},
    {Phase::kMigrating, "MIGRATING"},
    {Phase::kContracting, "CONTRACTING"},
    {Phase::kComplete, "COMPLETE"},
    {Phase::kRolledBack, "ROLLED_BACK"},
}};

constexpr Names<SubState, 8> kSubStates = {{
    {SubState::kNone, ""},
    {SubState::kBackfilling, "backfilling"},
    {SubState::kReady, "ready"},
    {SubState::kSealing, "sealing"},
    {SubState::kSealed, "sealed"},
    {SubState::kDropping, "dropping"},
    {SubState::kRollingBack, "rolling_back"},
    {SubState::kAbandoned, "abandoned"},
}};

constexpr Names<Access, 2> kAccesses = {{
    {Access::kInPlace, "in_place"},
    {Access::kVersioned, "versioned"},
}};

constexpr Names<Stage, 2> kStages = {{
    {Stage::kSeal, "seal"},
    {Stage::kDrop, "drop"},
}};

// The names are those of the ledger.
constexpr Names<Activity, 5> kActivities = {{
    {Activity::kFill, "backfill"},
    {Activity::kVerify, "verify"},
    {Activity::kRepair, "repair"},
    {Activity::kSettle, "settle"},
    {Activity::kRetreat, "retreat"},
}};

constexpr Names<OnTransformError, 2> kOnTransformErrors = {{
    {OnTransformError::kRefuse, "refuse"},
    {OnTransformError::kMark, "mark"},
}};

constexpr Names<UserTriggers, 2> kUserTriggers = {{
    {UserTriggers::kFire, "fire"},
    {UserTriggers::kSkip, "skip"},
}};

template <typename T, std::size_t N>
std::string_view NameOf(const Names<T, N>& names, T value) {
  for (const auto& [known, name] : names) {
    if (known == value) return name;
  }
  return {};
}

template <typename T, std::size_t N>
T Named(const Names<T, N>& names, std::string_view text, ErrorKind kind,
        const char* what) {
  std::vector<std::string> known;
  for (const auto& [value, name] : names) {
    if (name == text) return value;
    if (!name.empty()) known.emplace_back(name);
  }
  throw Error(kind, base::Quoted(text, '\'') + " is not " + what +
                        "; expected one of " + base::Join(known, ", "));
}

// Returns the place of a state on the way forward; -1 for a state that does not
// exist.
int PlaceOf(Phase phase, SubState sub) {
  constexpr std::array<std::pair<Phase, SubState>, 7> kWay = {{
      {Phase::kPending, SubState::kNone},
      {Phase::kExpanding, SubState::kNone},
      {Phase::kMigrating, SubState::kBackfilling},
      {Phase::kMigrating, SubState::kReady},
      {Phase::kContracting, SubState::kSealed},
      {Phase::kContracting, SubState::kDropping},
      {Phase::kComplete, SubState::kNone},
  }};
  for (std::size_t i = 0; i < kWay.size(); ++i) {
    if (kWay[i] == std::pair(phase, sub)) return static_cast<int>(i);
  }
  return -1;
}

}  // namespace

std::string_view ToString(Phase phase) { return NameOf(kPhases, phase); }

Phase PhaseFromString(std::string_view text) {
  return Named(kPhases, text, ErrorKind::kCorrupt, "a phase");
}

std::string_view ToString(SubState state) { return NameOf(kSubStates, state); }

SubState SubStateFromString(std::string_view text) {
  return Named(kSubStates, text, ErrorKind::kCorrupt, "a sub-state");
}

std::string_view ToString(Access access) { return NameOf(kAccesses, access); }

Access AccessFromString(std::string_view text) {
  return Named(kAccesses, text, ErrorKind::kUsage, "a kind of access");
}

std::string_view ToString(OnTransformError what) {
  return NameOf(kOnTransformErrors, what);
}

OnTransformError OnTransformErrorFromString(std::string_view text) {
  return Named(kOnTransformErrors, text, ErrorKind::kCorrupt,
               "an answer to an error of a transformation");
}

std::string_view ToString(UserTriggers what) {
  return NameOf(kUserTriggers, what);
}

std::string_view ToString(Stage stage) { return NameOf(kStages, stage); }
std::string_view ToString(Activity activity) {
  return NameOf(kActivities, activity);
}
Activity ActivityFromString(std::string_view text) {
  return Named(kActivities, text, ErrorKind::kCorrupt,
               "something that is done to rows");
}

std::string_view ToString(ActionKind kind) {
  switch (kind) {
    case ActionKind::kSchema:
      return "schema";
    case ActionKind::kBackfill:
      return "backfill";
    case ActionKind::kVerify:
      return "verify";
    case ActionKind::kVerifyUnmarked:
      return "verify_unmarked";
    case ActionKind::kSettle:
      return "settle";
    case ActionKind::kRetreat:
      return "retreat";
  }
  return {};
}

bool CanMove(Phase from, SubState from_sub, Phase to, SubState to_sub) {
  const bool over = from == Phase::kComplete || from == Phase::kRolledBack;
  if (from_sub == SubState::kRollingBack && !over) {
    return to == Phase::kRolledBack &&
           (to_sub == SubState::kNone || to_sub == SubState::kAbandoned);
  }
  const int start = PlaceOf(from, from_sub);
  if (start < 0) return false;
  const bool undoable =
      start < PlaceOf(Phase::kContracting, SubState::kDropping);
  if (to_sub == SubState::kRollingBack) return to == from && undoable;
  if (to == Phase::kRolledBack) {
    if (to_sub == SubState::kAbandoned) return !over;
    return to_sub == SubState::kNone && undoable;
  }
  const int end = PlaceOf(to, to_sub);
  if (end < 0) return false;
  const int ready = PlaceOf(Phase::kMigrating, SubState::kReady);
  const int sealed = PlaceOf(Phase::kContracting, SubState::kSealed);
  if (start == sealed && end == ready) return true;  // undo
  if (start == ready && to == Phase::kComplete)
    return true;  // nothing replaced
  // A plan that moves no rows is ready as soon as it has expanded.
  if (from == Phase::kExpanding && end == ready) return true;
  return end == start + 1;
}

}  // namespace segue
