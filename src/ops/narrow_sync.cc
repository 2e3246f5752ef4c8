#include "ops/narrow_sync.h"

#include <algorithm>
#include <string>
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

DraftStep* StepThatFills(std::vector<DraftStep>& steps,
                         const plan::Motion& motion) {
  for (DraftStep& step : steps) {
    for (const plan::Action& action : step.actions) {
      const auto* fill = std::get_if<plan::Backfill>(&action);
      if (fill != nullptr && fill->motion.name == motion.name) return &step;
    }
  }
  return nullptr;
}

// Undone, they go back to the form that they found.
void TellTheContract(std::vector<DraftStep>& steps,
                     const plan::Motion& narrowed) {
  const auto tell = [&](auto* action) {
    if (action == nullptr || action->motion.name != narrowed.name) return;
    action->motion.narrow = true;
  };
  for (DraftStep& step : steps) {
    if (step.phase != Phase::kContracting) continue;
    for (plan::Action& action : step.actions) {
      tell(std::get_if<plan::CreateSync>(&action));
      tell(std::get_if<plan::DropSync>(&action));
    }
  }
}

bool Meet(const plan::Motion& a, const plan::Motion& b) {
  if (a.table.name != b.table.name) return false;
  const std::vector<std::string> columns = a.Columns();
  const std::vector<std::string> others = b.Columns();
  return std::find_first_of(columns.begin(), columns.end(), others.begin(),
                            others.end()) != columns.end();
}

// Marked rows (Motion::marking) are looked at by every write.
bool CanNarrow(const plan::Motion& motion,
               const std::vector<plan::Motion>& motions,
               const schema::Schema& live) {
  if (motion.marking != plan::Marking::kNever) return false;
  const schema::Table* table = live.FindTable(motion.table.name);
  // A partition may have triggers that its table does not.
  if (table == nullptr || !table->triggers.empty() ||
      !table->partition_key.empty()) {
    return false;
  }
  return std::none_of(motions.begin(), motions.end(),
                      [&](const plan::Motion& other) {
                        return other.name != motion.name && Meet(motion, other);
                      });
}

}  // namespace

void NarrowSyncs(PlanContext& context, const std::vector<plan::Motion>& motions,
                 const schema::Schema& live) {
  if (!context.capabilities().narrows_triggers || RunsSql(context.steps)) {
    return;
  }
  for (const plan::Motion& motion : motions) {
    DraftStep* step = StepThatFills(context.steps, motion);
    if (step == nullptr || !CanNarrow(motion, motions, live)) continue;
    step->actions.push_back(plan::NarrowSync{motion});
    TellTheContract(context.steps, motion);
  }
}

}  // namespace segue::ops
