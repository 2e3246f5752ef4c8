#include "planning/narrow_sync.h"

#include <algorithm>
#include <variant>

namespace segue::ops {
namespace {

bool RunsSql(const std::vector<DraftStep>& steps) {
  for (const DraftStep& step : steps) {
    for (const plan::Action& action : step.actions) {
      if (std::holds_alternative<plan::RawSql>(action)) return true;
    }
  }
  return false;
}

DraftStep* StepThatVerifies(std::vector<DraftStep>& steps,
                            const plan::MotionId& id) {
  for (DraftStep& step : steps) {
    if (step.place != Place(Phase::kMigrating)) continue;
    for (const plan::Action& action : step.actions) {
      const auto* verify = std::get_if<plan::Verify>(&action);
      if (verify != nullptr && verify->motion == id) return &step;
    }
  }
  return nullptr;
}

// An undo of a seal installs the form that was there.
void NarrowDropped(std::vector<DraftStep>& steps, const plan::MotionId& id) {
  for (DraftStep& step : steps) {
    if (step.place != kSeal) continue;
    for (plan::Action& action : step.actions) {
      auto* drop = std::get_if<plan::DropSync>(&action);
      if (drop == nullptr || drop->motion != id) continue;
      if (drop->form == plan::SyncForm::kLive) {
        drop->form = plan::SyncForm::kNarrow;
      }
    }
  }
}

// The triggers of a motion that marks rows must see every write, because each
// may mend a marked row. Those of a motion of NULLs look at little.
bool CanNarrow(const plan::ColumnMotion& motion,
               const std::vector<const plan::ColumnMotion*>& motions,
               const schema::Schema& live) {
  if (motion.marks || motion.only_null) return false;
  const schema::Table* table = live.FindTable(motion.table.name);
  // A partition may have triggers that its parent table does not have.
  if (table == nullptr || !table->triggers.empty() ||
      !table->partition_key.empty()) {
    return false;
  }
  return std::none_of(
      motions.begin(), motions.end(), [&](const plan::ColumnMotion* other) {
        return other->name != motion.name && plan::Meet(motion, *other);
      });
}

}  // namespace

void NarrowSyncs(PlanContext& context, const schema::Schema& live) {
  if (!context.capabilities().narrows_triggers || RunsSql(context.steps)) {
    return;
  }
  const std::vector<const plan::ColumnMotion*> motions =
      context.motions.Columns();
  for (const plan::ColumnMotion* motion : motions) {
    DraftStep* step = StepThatVerifies(context.steps, motion->name);
    if (step == nullptr || !CanNarrow(*motion, motions, live)) continue;
    step->actions.emplace_back(
        plan::CreateSync{motion->name, plan::SyncForm::kNarrow});
    context.motions.Column(motion->name).narrows = true;
    NarrowDropped(context.steps, motion->name);
  }
}

}  // namespace segue::ops
