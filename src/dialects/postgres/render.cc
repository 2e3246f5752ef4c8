#include "dialects/postgres/render.h"

#include "base/text.h"
#include "dialects/postgres/rights.h"

namespace segue::postgres {

PlannedAction Render(const plan::Action& action,
                     const db::RenderContext& context) {
  PlannedAction planned = std::visit(
      [&](const auto& one) { return RenderOne(one, context); }, action);
  planned.rights = RightsSql(action, context);
  return planned;
}

PlannedAction RenderOne(const plan::RawSql& action, const RenderContext&) {
  PlannedAction planned;
  planned.description = "Run SQL: " + std::string(base::Trim(action.sql));
  planned.forward.push_back({action.sql, {}});
  if (!action.undo.empty()) planned.undo.push_back({action.undo, {}});
  planned.reversible = !action.undo.empty();
  return planned;
}

}  // namespace segue::postgres
