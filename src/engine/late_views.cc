#include "engine/late_views.h"

#include <utility>

#include "ledger/stored_plan.h"
#include "planning/version_views.h"

namespace segue::engine {
namespace {

PlannedAction Rendered(const Context& context, const Plan& plan,
                       const PlannedAction& planned,
                       const schema::Schema& schema) {
  const plan::VersionShape before = plan::ShapeFromText(planned.shape);
  plan::VersionShape now = ops::FollowSchema(before, schema);
  plan::PublishVersion publish{plan.version_schema, {}, !planned.reversible};
  publish.views = publish.again ? ops::ChangedViews(before, now) : now.views;
  PlannedAction rendered = context.database.dialect().Render(
      publish, {schema, context.LockBudget()});
  rendered.unit = planned.unit;
  rendered.shape = plan::ShapeText(now);
  return rendered;
}

// The views that a later step makes again are these.
void HandOn(const std::string& shape, std::size_t step, Plan& plan) {
  for (std::size_t later = step + 1; later < plan.steps.size(); ++later) {
    for (PlannedAction& action : plan.steps[later].actions) {
      if (!action.shape.empty()) action.shape = shape;
    }
  }
}

}  // namespace

void RenderLateViews(const Context& context, Transitions& transitions,
                     MigrationRow& row, std::size_t step) {
  std::vector<PlannedAction>& actions = row.plan.steps[step].actions;
  if (actions.empty() || actions.front().shape.empty()) return;
  db::Connection& connection = context.connection();
  const ActionState state = context.ledger.StateOf(
      connection, row.id, static_cast<int>(step), kWholeStep);
  if (state == ActionState::kDone) return;
  const schema::Schema schema =
      context.database.dialect().Inspect(connection, context.database.schema());
  actions.front() = Rendered(context, row.plan, actions.front(), schema);
  const std::string shape = actions.front().shape;
  HandOn(shape, step, row.plan);
  transitions.InLedger([&] { StorePlan(connection, context.ledger, row); });
}

}  // namespace segue::engine
