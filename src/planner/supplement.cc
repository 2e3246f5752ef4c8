#include "planner/supplement.h"

#include <algorithm>
#include <iterator>

#include "planner/planner.h"
#include "planner/render_steps.h"

namespace segue::engine {

Supplement MakeSupplement(const db::Dialect& dialect,
                          db::Connection& connection,
                          const SupplementInput& input) {
  schema::Schema schema = dialect.Inspect(connection, input.schema_name);
  ForgetVersionViews(schema, input.versions);
  ops::Inquiry inquiry([&](const db::Question& question) {
    return dialect.Examine(connection, question);
  });
  ops::PlanContext context{dialect, Access::kInPlace, "", "", inquiry, schema};
  ops::PlanSupplement(context, input.request);
  const db::RenderContext render{schema, input.lock_budget, context.motions};
  Supplement supplement;
  for (const ops::DraftStep& draft : context.steps) {
    Step step = RenderStep(dialect, draft, render);
    if (draft.place == ops::Place(Phase::kMigrating)) {
      supplement.before = std::move(step);
      continue;
    }
    for (PlannedAction& action : step.actions) {
      std::move(action.forward.begin(), action.forward.end(),
                std::back_inserter(supplement.within));
    }
  }
  return supplement;
}

}  // namespace segue::engine
