// What steps and plans say about themselves.
#include <algorithm>
#include <array>

#include "base/text.h"
#include "segue/plan.h"

namespace segue {
namespace {

// From the weakest to the strongest; what is not named here ranks below.
constexpr std::array<std::string_view, 8> kLockModes = {
    "ACCESS SHARE",  "ROW SHARE",
    "ROW EXCLUSIVE", "SHARE UPDATE EXCLUSIVE",
    "SHARE",         "SHARE ROW EXCLUSIVE",
    "EXCLUSIVE",     "ACCESS EXCLUSIVE"};

std::ptrdiff_t StrengthOf(const LockNeed& lock) {
  const auto found = std::find(kLockModes.begin(), kLockModes.end(), lock.mode);
  return found == kLockModes.end() ? -1 : found - kLockModes.begin();
}

const RangeSql* RangesOf(const PlannedAction& action) {
  if (!action.motion) return nullptr;
  switch (action.kind) {
    case ActionKind::kSchema:
      return nullptr;
    case ActionKind::kBackfill:
      return &action.motion->fill;
    case ActionKind::kVerify:
      return &action.motion->verify;
    case ActionKind::kSettle:
      return &action.motion->settle;
    case ActionKind::kRetreat:
      return nullptr;  // it works on the way back only
  }
  return nullptr;
}

}  // namespace

bool Step::reversible() const {
  return std::all_of(actions.begin(), actions.end(),
                     [](const auto& action) { return action.reversible; });
}

std::vector<std::string> Step::ForwardSql() const {
  std::vector<std::string> sql;
  for (const PlannedAction& action : actions) {
    for (const Statement& statement : action.forward) {
      sql.push_back(statement.sql);
    }
    // One of its four shapes is enough to show what is done to a range.
    const RangeSql* ranges = RangesOf(action);
    if (ranges != nullptr && !ranges->between.empty()) {
      sql.push_back(ranges->between);
    }
  }
  return sql;
}

std::vector<std::string> Step::RollbackSql() const {
  std::vector<std::string> sql;
  for (auto action = actions.rbegin(); action != actions.rend(); ++action) {
    for (const Statement& statement : action->undo) {
      sql.push_back(statement.sql);
    }
    const bool retreats = action->kind == ActionKind::kRetreat &&
                          !action->motion->retreat.between.empty();
    if (retreats) sql.push_back(action->motion->retreat.between);
  }
  return sql;
}

const LockNeed* Step::lock() const {
  const LockNeed* strongest = nullptr;
  for (const PlannedAction& action : actions) {
    if (action.lock.mode.empty()) continue;
    const bool stronger = strongest == nullptr ||
                          StrengthOf(action.lock) > StrengthOf(*strongest);
    if (stronger) strongest = &action.lock;
  }
  return strongest;
}

double Plan::progress_pct() const {
  if (steps.empty()) return 0;
  const auto done = std::count_if(
      steps.begin(), steps.end(),
      [](const Step& step) { return step.executed && !step.rolled_back; });
  return 100.0 * static_cast<double>(done) / static_cast<double>(steps.size());
}

bool Plan::has_phase(Phase phase) const {
  return std::any_of(steps.begin(), steps.end(),
                     [&](const Step& step) { return step.phase == phase; });
}

}  // namespace segue
