#include "planner/supplement.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <variant>

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
    for (std::size_t at = 0; at < step.actions.size(); ++at) {
      // A view has to let the column go before it can be dropped.
      const bool frees =
          std::holds_alternative<plan::RebindViews>(draft.actions[at]);
      std::vector<Statement>& forward = step.actions[at].forward;
      std::move(
          forward.begin(), forward.end(),
          std::back_inserter(frees ? supplement.first : supplement.within));
    }
  }
  return supplement;
}

}  // namespace segue::engine
