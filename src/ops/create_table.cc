#include "ops/create_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>
#include <utility>

#include "ops/constraint_definition.h"
#include "ops/reader.h"
#include "ops/table_definition.h"
#include "ops/with_spec.h"
#include "planning/expression.h"
#include "segue/error.h"

namespace segue::ops {
namespace {

bool IsSameUnique(const schema::Constraint& a, const schema::Constraint& b) {
  const auto what = [](const schema::Constraint& one) {
    return std::tie(one.kind, one.columns, one.include, one.deferrable,
                    one.initially_deferred, one.nulls_not_distinct);
  };
  return a.kind == schema::ConstraintKind::kUnique && what(a) == what(b);
}

// A database may make only the first of them, and not say so.
void RefuseSameUnique(const schema::Table& table) {
  const auto& all = table.constraints;
  for (auto one = all.begin(); one != all.end(); ++one) {
    const auto same = std::find_if(all.begin(), one, [&](const auto& before) {
      return IsSameUnique(before, *one);
    });
    if (same == one) continue;
    throw Error(
        ErrorKind::kRefused,
        fmt::format("create_table '{}': unique constraint '{}' is the same as "
                    "'{}'",
                    table.name.name, one->name, same->name))
        .WithHint("leave one of them out");
  }
}

class CreateTable : public WithSpec<CreateTableSpec> {
 public:
  explicit CreateTable(CreateTableSpec spec) : WithSpec(std::move(spec)) {}

  std::string name() const override { return "create_table"; }
  void Plan(PlanContext& context) const override;

 private:
  void RefuseTakenName(const PlanContext& context,
                       const schema::TableName& table) const;
  schema::Table Made(const PlanContext& context,
                     const schema::Table& table) const;
  void SkipExisting(PlanContext& context, const schema::Table& existing,
                    const schema::Table& wanted) const;
  DraftStep Step() const;
};

DraftStep CreateTable::Step() const {
  DraftStep step;
  step.place = Phase::kExpanding;
  step.description =
      fmt::format("Create table '{}' with {} column{}", spec_.name,
                  spec_.columns.size(), spec_.columns.size() == 1 ? "" : "s");
  return step;
}

// The name may be taken by a table that is dropped or renamed, or by another
// object.
void CreateTable::RefuseTakenName(const PlanContext& context,
                                  const schema::TableName& table) const {
  context.claims.RequireReachable(name(), spec_.name);
  const db::Answer& answer = context.Ask(db::NameQuestion{table});
  if (answer.error.empty()) return;
  throw Error(ErrorKind::kRefused,
              fmt::format("create_table '{}': {}", spec_.name, answer.error));
}

// Returns the table as the server would make it, or as it was written when
// there is no server.
schema::Table CreateTable::Made(const PlanContext& context,
                                const schema::Table& table) const {
  const db::Answer& answer =
      context.Ask(db::TableQuestion{std::make_shared<schema::Table>(table)});
  if (!answer.error.empty()) {
    throw Error(ErrorKind::kRefused,
                fmt::format("create_table '{}' is not accepted: {}", spec_.name,
                            answer.error));
  }
  schema::Table made = answer.made ? *answer.made : table;
  made.name = table.name;
  return made;
}

void CreateTable::SkipExisting(PlanContext& context,
                               const schema::Table& existing,
                               const schema::Table& wanted) const {
  const std::string there = DefinitionText(existing);
  const std::string text = DefinitionText(wanted);
  if (existing.kind != "table" || there != text) {
    throw Error(ErrorKind::kRefused,
                fmt::format("create_table '{}': a {} of this name exists with "
                            "another definition: there '{}', wanted '{}'",
                            spec_.name, existing.kind, there, text));
  }
  DraftStep step = Step();
  step.notes.emplace_back(
      "the table exists already with this definition; skipped");
  context.steps.push_back(std::move(step));
}

void CreateTable::Plan(PlanContext& context) const {
  context.claims.Begin(name());
  RefuseBadDefinition(spec_, context.capabilities());
  const schema::Table table =
      TableDefinition(spec_, context.schema, context.language);
  RefuseSameUnique(table);
  CheckReferences(context, table);
  for (const schema::Column& column : table.columns) {
    if (column.default_sql) ExaminedDefault(context, table, column);
  }
  schema::Table made = Made(context, table);
  if (const auto* existing = context.schema.FindTable(spec_.name)) {
    return SkipExisting(context, *existing, made);
  }
  RefuseTakenName(context, table.name);
  DraftStep step = Step();
  step.actions.emplace_back(plan::CreateTable{table});
  context.steps.push_back(std::move(step));
  context.claims.DecideFate(table.name, TableFate::kCreated);
  // The server's table lacks the parts of constraints that operations read; see
  // schema::Constraint.
  made.constraints = table.constraints;
  made.comment = table.comment;
  context.schema.tables.push_back(std::move(made));
}

}  // namespace

NewOperation MakeCreateTable(CreateTableSpec spec) {
  return std::make_shared<CreateTable>(std::move(spec));
}

NewOperation ParseCreateTable(const base::Node& body) {
  const Reader reader(body, {"name", "columns", "constraints", "comment"});
  CreateTableSpec spec;
  spec.name = reader.RequiredString("name");
  spec.comment = reader.OptionalString("comment").value_or("");
  const base::Node& columns = reader.RequiredList("columns");
  if (columns.items.empty()) {
    throw UsageError(columns, "a table needs at least one column");
  }
  for (const base::Node& column : columns.items) {
    spec.columns.push_back(ParseColumnDefinition(column));
  }
  if (const base::Node* constraints = reader.OptionalList("constraints")) {
    for (const base::Node& constraint : constraints->items) {
      spec.constraints.push_back(ParseConstraint(constraint));
    }
  }
  return MakeCreateTable(std::move(spec));
}

}  // namespace segue::ops
