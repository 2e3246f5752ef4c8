#include "planning/guard_fills.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <variant>

#include "base/text.h"
#include "segue/error.h"

namespace segue::ops {
namespace {

// The place of an action among the steps.
struct Spot {
  std::size_t step = 0;
  std::size_t action = 0;
};

// The fills of one table, and the actions around them.
struct Fills {
  schema::TableName table;
  std::vector<const plan::ColumnMotion*> motions;
  std::optional<Spot> first;
  Spot last;
  bool retreats = false;

  bool Has(const plan::MotionId& id) const {
    return std::any_of(
        motions.begin(), motions.end(),
        [&](const plan::ColumnMotion* one) { return one->name == id; });
  }
};

// A table that is copied is only read.
void FindMotions(const PlanContext& context, std::vector<Fills>& all) {
  for (const DraftStep& step : context.steps) {
    for (const plan::Action& action : step.actions) {
      const auto* fill = std::get_if<plan::Backfill>(&action);
      if (fill == nullptr) continue;
      for (const plan::MotionId& id : fill->motions) {
        const auto* motion =
            std::get_if<plan::ColumnMotion>(&context.motions.At(id));
        if (motion == nullptr) continue;
        auto found = std::find_if(
            all.begin(), all.end(),
            [&](const Fills& one) { return one.table == motion->table; });
        if (found == all.end()) {
          found = all.insert(all.end(), {motion->table, {}, {}, {}, false});
        }
        found->motions.push_back(motion);
      }
    }
  }
}

// A repair, which is a part of the verification, fills rows too.
bool Concerns(const plan::Action& action, const Fills& fills) {
  if (const auto* fill = std::get_if<plan::Backfill>(&action)) {
    return fills.Has(fill->motions[0]);
  }
  if (const auto* verify = std::get_if<plan::Verify>(&action)) {
    return fills.Has(verify->motion);
  }
  const auto* retreat = std::get_if<plan::Retreat>(&action);
  return retreat != nullptr && fills.Has(retreat->motion);
}

void FindSpots(const std::vector<DraftStep>& steps, Fills& fills) {
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (steps[i].place != Place(Phase::kMigrating)) continue;
    for (std::size_t k = 0; k < steps[i].actions.size(); ++k) {
      if (!Concerns(steps[i].actions[k], fills)) continue;
      if (!fills.first) fills.first = {i, k};
      fills.last = {i, k};
      if (std::holds_alternative<plan::Retreat>(steps[i].actions[k])) {
        fills.retreats = true;
      }
    }
  }
}

void Insert(DraftStep& step, std::size_t at, plan::Action action) {
  step.actions.insert(step.actions.begin() + static_cast<std::ptrdiff_t>(at),
                      std::move(action));
  for (AtomicRun& run : step.atomic) {
    if (run.begin >= at) ++run.begin;
    if (run.end > at) ++run.end;
  }
}

bool ChangesRows(const schema::Table& table) {
  return std::any_of(
      table.triggers.begin(), table.triggers.end(),
      [](const schema::Trigger& one) { return one.changes_rows; });
}

std::vector<plan::HeldTrigger> Held(PlanContext& context,
                                    const schema::TableName& table,
                                    const Source& source) {
  const db::Answer& answer = context.Ask(db::TriggersQuestion{table});
  if (answer.names.empty()) return answer.held;
  throw Error(ErrorKind::kRefused,
              "user_triggers: skip: table '" + table.name +
                  "' has triggers that cannot be held back while its rows are "
                  "filled: " +
                  base::Join(answer.names, "; "))
      .WithSource(source)
      .WithHint(
          "use 'user_triggers: fire', or drop them and create them again after "
          "the fill");
}

void Guard(PlanContext& context, const schema::Schema& live, Fills& fills) {
  const schema::Table* table = live.FindTable(fills.table.name);
  FindSpots(context.steps, fills);
  if (table == nullptr || !fills.first) return;
  plan::GuardFill guard{fills.table, fills.motions[0]->name};
  for (const plan::ColumnMotion* motion : fills.motions) {
    guard.columns.push_back(motion->new_column->physical());
    guard.columns.push_back(motion->provenance);
    guard.provenances.push_back(motion->provenance);
  }
  guard.retreats = fills.retreats;
  DraftStep& first = context.steps[fills.first->step];
  if (context.user_triggers == UserTriggers::kSkip) {
    guard.held = Held(context, fills.table, first.source);
    if (guard.held.empty()) return;
  } else if (!ChangesRows(*table)) {
    return;
  }
  Insert(context.steps[fills.last.step], fills.last.action + 1,
         plan::UnguardFill{guard});
  Insert(first, fills.first->action, std::move(guard));
}

}  // namespace

void GuardFills(PlanContext& context, const schema::Schema& live) {
  std::vector<Fills> all;
  FindMotions(context, all);
  for (Fills& fills : all) Guard(context, live, fills);
}

}  // namespace segue::ops
