// Answers questions about steps and plans.
#include <algorithm>

#include "base/text.h"
#include "plan/planned.h"
#include "segue/error.h"

namespace segue {
namespace {

// Returns the walks of an action that are shown.
std::vector<const WalkSql*> WalksOf(const PlannedAction& action,
                                    const MotionSql& motion) {
  std::vector<const WalkSql*> walks;
  const auto add = [&](const auto& some) {
    for (const WalkSql& walk : some) walks.push_back(&walk);
  };
  switch (action.kind) {
    case ActionKind::kSchema:
    case ActionKind::kRetreat:  // works on the way back only
      break;
    case ActionKind::kBackfill:
      if (motion.fill) walks.push_back(&*motion.fill);
      break;
    case ActionKind::kVerify:
      add(motion.verify);
      break;
    case ActionKind::kVerifyUnmarked:
      add(motion.marked);
      break;
    case ActionKind::kSettle:
      if (motion.settle) walks.push_back(&*motion.settle);
      break;
  }
  return walks;
}

}  // namespace

Step::Step() = default;
Step::Step(const Step& other) = default;
Step::Step(Step&& other) noexcept = default;
Step& Step::operator=(const Step& other) = default;
Step& Step::operator=(Step&& other) noexcept = default;
Step::~Step() = default;

Plan::Plan() = default;
Plan::Plan(const Plan& other) = default;
Plan::Plan(Plan&& other) noexcept = default;
Plan& Plan::operator=(const Plan& other) = default;
Plan& Plan::operator=(Plan&& other) noexcept = default;
Plan::~Plan() = default;

bool Step::reversible() const {
  return std::all_of(actions.begin(), actions.end(),
                     [](const auto& action) { return action.reversible; });
}

const LockNeed* Step::lock() const {
  const LockNeed* strongest = nullptr;
  for (const PlannedAction& action : actions) {
    if (action.lock.mode.empty()) continue;
    const bool stronger =
        strongest == nullptr || action.lock.strength > strongest->strength;
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

const MotionSql& Plan::MotionNamed(std::string_view name) const {
  for (const MotionSql& motion : motions) {
    if (motion.name == name) return motion;
  }
  throw Error(ErrorKind::kCorrupt,
              "the plan has no motion '" + std::string(name) + "'");
}

std::vector<TrialSql> Plan::TrialsOf(std::string_view name) const {
  const MotionSql& motion = MotionNamed(name);
  std::vector<TrialSql> trials;
  if (motion.trial) trials.push_back(*motion.trial);
  for (const std::string& part : motion.parts) {
    const MotionSql& one = MotionNamed(part);
    if (one.trial) trials.push_back(*one.trial);
  }
  return trials;
}

std::vector<std::string> Plan::ForwardSql(const Step& step) const {
  std::vector<std::string> sql;
  for (const PlannedAction& action : step.actions) {
    for (const Statement& statement : action.forward) {
      sql.push_back(statement.sql);
    }
    if (action.motion.empty()) continue;
    for (const WalkSql* walk : WalksOf(action, MotionNamed(action.motion))) {
      if (!walk->statement.between.empty()) {
        sql.push_back(walk->statement.between);
      }
    }
  }
  return sql;
}

std::vector<std::string> Plan::RollbackSql(const Step& step) const {
  std::vector<std::string> sql;
  for (auto action = step.actions.rbegin(); action != step.actions.rend();
       ++action) {
    for (const Statement& statement : action->undo) {
      sql.push_back(statement.sql);
    }
    if (action->kind != ActionKind::kRetreat) continue;
    const MotionSql& motion = MotionNamed(action->motion);
    if (motion.retreat && !motion.retreat->statement.between.empty()) {
      sql.push_back(motion.retreat->statement.between);
    }
  }
  return sql;
}

const WalkSql* MotionSql::Writing(Activity activity) const {
  const auto of = [](const std::optional<WalkSql>& walk) {
    return walk ? &*walk : nullptr;
  };
  switch (activity) {
    case Activity::kFill:
      return of(fill);
    case Activity::kRepair:
      return of(repair);
    case Activity::kSettle:
      return of(settle);
    case Activity::kRetreat:
      return of(retreat);
    case Activity::kVerify:
      return nullptr;
  }
  return nullptr;
}

}  // namespace segue
