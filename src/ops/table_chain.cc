#include "ops/table_chain.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "ops/add_column.h"
#include "ops/column_chain.h"
#include "ops/constraint_definition.h"
#include "ops/create_constraint.h"
#include "ops/drop_column.h"
#include "ops/drop_constraint.h"
#include "ops/rename_constraint.h"
#include "ops/with_spec.h"
#include "schema/constraint_text.h"
#include "segue/error.h"

namespace segue::ops {
namespace {

using schema::Constraint;
using schema::ConstraintKind;

constexpr const char* kWayOut =
    "write the table in create_table as it is to be";

Error Refused(const std::string& operation, const std::string& table,
              const std::string& name, const std::string& reason) {
  return {ErrorKind::kRefused, fmt::format("{} '{}' of table '{}': {}",
                                           operation, name, table, reason)};
}

using Columns = std::vector<ColumnDefinition>;

Columns::iterator Find(Columns& columns, const std::string& name) {
  return std::find_if(
      columns.begin(), columns.end(),
      [&](const ColumnDefinition& one) { return one.column.name == name; });
}

ColumnDefinition& Require(CreateTableSpec& table, const std::string& operation,
                          const std::string& name) {
  const auto found = Find(table.columns, name);
  if (found != table.columns.end()) return *found;
  std::vector<std::string> names;
  for (const ColumnDefinition& one : table.columns) {
    names.push_back(one.column.name);
  }
  throw Refused(operation, table.name, name,
                fmt::format("this migration creates the table, with the "
                            "columns {}",
                            base::Join(names, ", ")));
}

// Moves the constraints of the columns to those of the table. The ones without
// a name get the one that they have by the present names: a rename does not
// change it.
void NameConstraints(CreateTableSpec& table) {
  std::vector<Constraint> all;
  std::vector<std::string> key;
  for (ColumnDefinition& one : table.columns) {
    const std::string& name = one.column.name;
    if (one.primary_key) key.push_back(name);
    if (one.unique) {
      all.push_back(Keyed(ConstraintKind::kUnique,
                          table.name + "_" + name + "_key", {name}));
    }
    if (one.check) all.push_back(*one.check);
    if (one.reference) all.push_back(*one.reference);
    one = ColumnDefinition{one.column, false, false, {}, {}};
  }
  if (!key.empty()) {
    all.push_back(Keyed(ConstraintKind::kPrimaryKey, table.name + "_pkey",
                        std::move(key)));
  }
  table.constraints.insert(table.constraints.begin(), all.begin(), all.end());
}

bool IsOver(const Constraint& constraint, const std::string& column) {
  const auto has = [&](const std::vector<std::string>& names) {
    return std::find(names.begin(), names.end(), column) != names.end();
  };
  return has(constraint.columns) || has(constraint.include);
}

bool Mentions(const std::string& sql, const std::string& column) {
  return !schema::ReferencedColumns(sql, {column}).empty();
}

void RefuseGenerated(const CreateTableSpec& table, const std::string& operation,
                     const std::string& column) {
  for (const ColumnDefinition& one : table.columns) {
    if (one.column.name == column) continue;
    if (!Mentions(one.column.generated_sql, column)) continue;
    throw Refused(operation, table.name, column,
                  fmt::format("the generated column '{}' of the table that "
                              "this migration creates has it in its text",
                              one.column.name))
        .WithHint(kWayOut);
  }
}

void RenameColumnIn(CreateTableSpec& table, const std::string& operation,
                    const std::string& from, const std::string& to) {
  if (Find(table.columns, to) != table.columns.end()) {
    throw Refused(operation, table.name, to,
                  "this migration creates the table with a column of this "
                  "name");
  }
  NameConstraints(table);
  RefuseMentions(
      table.constraints, from,
      fmt::format("{} '{}' of table '{}'", operation, from, table.name));
  RefuseGenerated(table, operation, from);
  for (Constraint& constraint : table.constraints) {
    std::vector<std::vector<std::string>*> lists = {
        &constraint.columns, &constraint.include,
        &constraint.reference.on_delete_set_columns};
    if (constraint.reference.table == table.name) {
      lists.push_back(&constraint.reference.columns);
    }
    for (auto* names : lists) {
      std::replace(names->begin(), names->end(), from, to);
    }
  }
  Find(table.columns, from)->column.name = to;
}

void Alter(CreateTableSpec& table, const AlterColumnSpec& spec) {
  schema::Column& column = Require(table, spec.operation, spec.column).column;
  const ColumnChange& change = spec.change;
  if (change.type) column.type = *change.type;
  if (change.nullable) column.nullable = *change.nullable;
  if (change.drop_default) column.default_sql.reset();
  if (change.default_sql) column.default_sql = change.default_sql;
  if (spec.comment) column.comment = *spec.comment;
  if (NameAfter(spec) != spec.column) {
    RenameColumnIn(table, spec.operation, spec.column, NameAfter(spec));
  }
  for (Constraint constraint : spec.constraints) {
    constraint.columns = {NameAfter(spec)};
    table.constraints.push_back(std::move(constraint));
  }
}

void Add(CreateTableSpec& table, const AddColumnSpec& spec) {
  table.columns.push_back({spec.column, false, false, {}, {}});
  table.constraints.insert(table.constraints.end(), spec.constraints.begin(),
                           spec.constraints.end());
}

// What is over the column alone goes with it, as in a table that exists.
void Drop(CreateTableSpec& table, const DropColumnSpec& spec) {
  constexpr const char* kOperation = "drop_column";
  Require(table, kOperation, spec.column);
  if (table.columns.size() == 1) {
    throw Refused(kOperation, table.name, spec.column,
                  "it is the only column of the table that this migration "
                  "creates");
  }
  NameConstraints(table);
  RefuseGenerated(table, kOperation, spec.column);
  for (const Constraint& constraint : table.constraints) {
    const bool shared =
        IsOver(constraint, spec.column) && constraint.columns.size() > 1;
    const bool text = constraint.kind == ConstraintKind::kCheck ||
                      constraint.kind == ConstraintKind::kExclude;
    const bool own = constraint.columns == std::vector{spec.column};
    const bool mentions =
        text && !own && Mentions(constraint.check, spec.column);
    if (!shared && !mentions) continue;
    throw Refused(
        kOperation, table.name, spec.column,
        fmt::format("{} '{}' of the table that this migration "
                    "creates is over it and others",
                    schema::KindText(constraint.kind), constraint.name))
        .WithHint(kWayOut);
  }
  std::erase_if(table.constraints, [&](const Constraint& constraint) {
    return IsOver(constraint, spec.column);
  });
  table.columns.erase(Find(table.columns, spec.column));
}

Constraint& RequireConstraint(CreateTableSpec& table,
                              const std::string& operation,
                              const std::string& name) {
  NameConstraints(table);
  for (Constraint& constraint : table.constraints) {
    if (constraint.name == name) return constraint;
  }
  throw Refused(operation, table.name, name,
                "this migration creates the table, without a constraint of "
                "this name");
}

void DropConstraintIn(CreateTableSpec& table, const DropConstraintSpec& spec) {
  const Constraint& found = RequireConstraint(table, spec.operation, spec.name);
  const auto is_it = [&](const Constraint& one) { return &one == &found; };
  table.constraints.erase(
      std::find_if(table.constraints.begin(), table.constraints.end(), is_it));
}

}  // namespace

bool WriteInto(CreateTableSpec& table, const Operation& operation) {
  if (const auto* add = SpecOf<AddColumnSpec>(operation)) {
    Add(table, *add);
  } else if (const auto* drop = SpecOf<DropColumnSpec>(operation)) {
    Drop(table, *drop);
  } else if (const auto* added = SpecOf<CreateConstraintSpec>(operation)) {
    table.constraints.push_back(added->constraint);
  } else if (const auto* gone = SpecOf<DropConstraintSpec>(operation)) {
    DropConstraintIn(table, *gone);
  } else if (const auto* renamed = SpecOf<RenameConstraintSpec>(operation)) {
    RequireConstraint(table, "rename_constraint", renamed->from).name =
        renamed->to;
  } else if (const auto change = AsAlteration(operation)) {
    Alter(table, *change);
  } else {
    return false;
  }
  return true;
}

void RenameCreated(CreateTableSpec& table, const std::string& to) {
  NameConstraints(table);
  for (Constraint& constraint : table.constraints) {
    if (constraint.reference.table == table.name) {
      constraint.reference.table = to;
    }
  }
  table.name = to;
}

}  // namespace segue::ops
