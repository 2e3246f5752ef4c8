#include "planning/share_fills.h"

#include <algorithm>
#include <variant>

#include "base/text.h"

namespace segue::ops {
namespace {

// A Backfill that other motions may join, and the motions that were filled
// after it. A motion that joins is filled before those.
struct Walk {
  DraftStep* step;
  std::size_t action;
  std::vector<const plan::ColumnMotion*> since;

  plan::Backfill& fill() const {
    return std::get<plan::Backfill>(step->actions[action]);
  }
};

// Some motions need a walk of their own. A row of a motion that marks is filled
// by its trigger where `up` fails, and a rollback of a motion that found the
// new column there, or fills NULLs of a column, has to take its values back.
bool Shares(const plan::ColumnMotion& motion) {
  return !motion.marks && !motion.new_was_there && !motion.only_null;
}

bool MayJoin(const Walk& walk, const plan::ColumnMotion& motion,
             const plan::Motions& motions) {
  const auto meets = [&](const plan::ColumnMotion* other) {
    return plan::Meet(*other, motion);
  };
  const plan::ColumnMotion& first = motions.Column(walk.fill().motions[0]);
  if (!(first.table == motion.table) || !Shares(first)) return false;
  for (const plan::MotionId& id : walk.fill().motions) {
    if (meets(&motions.Column(id))) return false;
  }
  return std::none_of(walk.since.begin(), walk.since.end(), meets);
}

// The caller takes the action out of its own step.
bool Join(std::vector<Walk>& walks, const plan::ColumnMotion& motion,
          const plan::Motions& motions, DraftStep& step) {
  if (!Shares(motion)) return false;
  for (const Walk& walk : walks) {
    if (!MayJoin(walk, motion, motions)) continue;
    walk.fill().motions.push_back(motion.name);
    if (walk.step != &step) {
      step.notes.push_back("its rows are filled by the walk of " +
                           base::Quoted(walk.step->description, '\''));
    }
    return true;
  }
  return false;
}

}  // namespace

void ShareFills(PlanContext& context) {
  std::vector<Walk> walks;
  for (DraftStep& step : context.steps) {
    if (step.place != Place(Phase::kMigrating)) continue;
    for (std::size_t at = 0; at < step.actions.size();) {
      const auto* fill = std::get_if<plan::Backfill>(&step.actions[at]);
      const auto* motion = fill == nullptr
                               ? nullptr
                               : std::get_if<plan::ColumnMotion>(
                                     &context.motions.At(fill->motions[0]));
      if (motion == nullptr) {
        ++at;
      } else if (Join(walks, *motion, context.motions, step)) {
        step.actions.erase(step.actions.begin() +
                           static_cast<std::ptrdiff_t>(at));
      } else {
        for (Walk& walk : walks) walk.since.push_back(motion);
        walks.push_back({&step, at, {}});
        ++at;
      }
    }
  }
}

}  // namespace segue::ops
