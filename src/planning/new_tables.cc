#include "planning/new_tables.h"

#include <fmt/format.h>

#include <utility>

#include "base/text.h"
#include "plan/rebase.h"

namespace segue::ops {

schema::Column KeyColumn(schema::Column column) {
  column.nullable = false;
  column.default_sql.reset();
  column.identity = schema::Identity::kNone;
  column.identity_options.clear();
  column.comment.clear();
  return column;
}

schema::Constraint PrimaryKeyOf(const schema::TableName& table,
                                std::vector<std::string> columns,
                                std::size_t limit) {
  schema::Constraint key;
  key.name = base::ShortName(table.name + "_pkey", limit);
  key.kind = schema::ConstraintKind::kPrimaryKey;
  key.columns = std::move(columns);
  return key;
}

Error NewTables::Refused(const std::string& reason) const {
  return {ErrorKind::kRefused,
          fmt::format("{} {}: {}", operation, subject, reason)};
}

void NewTables::RequireFree(const PlanContext& context,
                            const schema::TableName& name) const {
  const std::size_t limit = context.capabilities().max_identifier;
  if (name.name.size() > limit) {
    throw Refused(
        fmt::format("name '{}' is longer than {} bytes", name.name, limit));
  }
  for (const schema::Table& other : context.schema.tables) {
    if (other.shown() != name.name && other.name.name != name.name) continue;
    throw Refused(
        fmt::format("a {} called '{}' exists already", other.kind, name.name));
  }
  context.claims.RequireReachable(operation, name.name);
  const db::Answer& answer = context.Ask(db::NameQuestion{name});
  if (!answer.error.empty()) throw Refused(answer.error);
}

void NewTables::RefuseOthers(const PlanContext& context,
                             const std::vector<std::string>& tables,
                             const std::vector<std::string>& own) const {
  for (const std::string& name : tables) {
    for (const std::string& worker : context.claims.Workers(name)) {
      if (worker == operation) continue;
      throw Refused(
          fmt::format("{} of '{}' in the same migration", worker, name))
          .WithHint("put it into a migration of its own");
    }
  }
  for (const DraftStep& step : context.steps) {
    if (base::Contains(own, step.description)) continue;
    for (const plan::Action& action : step.actions) {
      const bool sql = std::holds_alternative<plan::RawSql>(action);
      bool meets = false;
      for (const std::string& name :
           plan::TablesNamedBy(action, context.motions)) {
        meets = meets || base::Contains(tables, name);
      }
      if (!sql && !meets) continue;
      throw Refused(fmt::format("'{}' in the same migration", step.description))
          .WithHint("put it into a migration of its own");
    }
  }
}

}  // namespace segue::ops
