#include "ops/table_definition.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "base/text.h"
#include "ops/constraint_definition.h"
#include "segue/error.h"

namespace segue::ops {
namespace {

using schema::Constraint;
using schema::ConstraintKind;

Error Refused(const std::string& table, const std::string& reason) {
  return {ErrorKind::kRefused,
          fmt::format("create_table '{}': {}", table, reason)};
}

// Tables and indexes share one namespace.
bool IsTaken(const schema::Schema& schema, const std::string& name) {
  for (const schema::Table& table : schema.tables) {
    if (table.name.name == name) return true;
    for (const schema::Index& index : table.indexes) {
      if (index.name == name) return true;
    }
  }
  return false;
}

// Returns a name as the database would choose it: "users_pkey", "users_pkey1".
std::string FreeName(const std::string& wanted, const schema::Schema& schema,
                     std::size_t limit) {
  std::string name = base::ShortName(wanted, limit);
  for (int i = 1; IsTaken(schema, name); ++i) {
    name = base::ShortName(wanted + std::to_string(i), limit);
  }
  return name;
}

std::vector<std::string> KeyColumns(const CreateTableSpec& spec) {
  std::vector<std::string> key;
  for (const ColumnDefinition& one : spec.columns) {
    if (one.primary_key) key.push_back(one.column.name);
  }
  return key;
}

std::vector<std::string> PrimaryKeyOf(const schema::Table& table) {
  for (const Constraint& constraint : table.constraints) {
    if (constraint.kind == ConstraintKind::kPrimaryKey) {
      return constraint.columns;
    }
  }
  return {};
}

// Replaces table and columns by the names that they have in the database. Names
// that cannot be found stay, and CheckReferences reports them.
void Resolve(schema::Reference& reference, const schema::Schema& schema) {
  const schema::Table* parent = schema.FindTable(reference.table);
  if (parent == nullptr) return;
  reference.table = parent->name.name;
  if (reference.columns.empty()) reference.columns = PrimaryKeyOf(*parent);
  for (std::string& name : reference.columns) {
    const schema::Column* column = parent->FindColumn(name);
    if (column != nullptr) name = column->physical();
  }
}

void AddColumnConstraints(const CreateTableSpec& spec,
                          const schema::Schema& schema, std::size_t limit,
                          schema::Table& table) {
  const std::vector<std::string> key = KeyColumns(spec);
  if (!key.empty()) {
    table.constraints.push_back(
        Keyed(ConstraintKind::kPrimaryKey,
              FreeName(spec.name + "_pkey", schema, limit), key));
  }
  for (const ColumnDefinition& one : spec.columns) {
    const std::string& name = one.column.name;
    if (one.unique) {
      table.constraints.push_back(Keyed(
          ConstraintKind::kUnique,
          FreeName(spec.name + "_" + name + "_key", schema, limit), {name}));
    }
    if (one.check) table.constraints.push_back(*one.check);
    if (one.reference) table.constraints.push_back(*one.reference);
  }
}

// The columns of a primary key take no NULL, whatever their own definitions
// say.
void SettleNulls(schema::Table& table) {
  for (const Constraint& constraint : table.constraints) {
    if (constraint.kind != ConstraintKind::kPrimaryKey) continue;
    for (const std::string& name : constraint.columns) {
      if (schema::Column* column = table.FindColumn(name)) {
        column->nullable = false;
      }
    }
  }
}

void AddIndexes(schema::Table& table) {
  for (const Constraint& constraint : table.constraints) {
    const bool primary = constraint.kind == ConstraintKind::kPrimaryKey;
    if (!primary && constraint.kind != ConstraintKind::kUnique) continue;
    schema::Index index;
    index.name = index.constraint = constraint.name;
    index.unique = true;
    index.primary = primary;
    index.deferrable = constraint.deferrable;
    index.include = constraint.include;
    for (const std::string& name : constraint.columns) {
      schema::IndexColumn part;
      part.name = name;
      index.columns.push_back(std::move(part));
    }
    table.indexes.push_back(std::move(index));
  }
}

class NameCheck {
 public:
  NameCheck(const std::string& table, std::size_t limit)
      : table_(table), limit_(limit) {}

  void Length(const char* what, const std::string& name) const {
    if (name.size() <= limit_) return;
    throw Refused(table_, fmt::format("the name of {} '{}' is longer than {} "
                                      "bytes",
                                      what, name, limit_));
  }
  void Once(const char* what, const std::string& name) {
    Length(what, name);
    if (seen_.insert(std::string(what) + name).second) return;
    throw Refused(table_, fmt::format("{} '{}' is there twice", what, name));
  }

 private:
  const std::string& table_;
  std::size_t limit_;
  std::set<std::string> seen_;
};

void RequireColumns(const CreateTableSpec& spec, const Constraint& constraint) {
  std::vector<std::string> names = constraint.columns;
  names.insert(names.end(), constraint.include.begin(),
               constraint.include.end());
  for (const std::string& name : names) {
    const bool there = std::any_of(
        spec.columns.begin(), spec.columns.end(),
        [&](const ColumnDefinition& one) { return one.column.name == name; });
    if (there) continue;
    throw Refused(spec.name,
                  fmt::format("constraint '{}' is over column '{}', which the "
                              "table does not have",
                              constraint.name, name));
  }
}

bool IsUnique(const schema::Table& table,
              const std::vector<std::string>& columns) {
  const std::set<std::string> wanted(columns.begin(), columns.end());
  const auto covers = [&](const std::vector<std::string>& names) {
    return std::set<std::string>(names.begin(), names.end()) == wanted;
  };
  for (const Constraint& constraint : table.constraints) {
    const bool key = constraint.kind == ConstraintKind::kPrimaryKey ||
                     constraint.kind == ConstraintKind::kUnique;
    if (key && covers(constraint.columns)) return true;
  }
  for (const schema::Index& index : table.indexes) {
    std::vector<std::string> names;
    for (const schema::IndexColumn& part : index.columns) {
      names.push_back(part.name);
    }
    if (index.unique && index.predicate.empty() && covers(names)) return true;
  }
  return false;
}

const schema::Column* FindPhysical(const schema::Table& table,
                                   const std::string& name) {
  for (const schema::Column& column : table.columns) {
    if (column.physical() == name) return &column;
  }
  return nullptr;
}

void CheckReferenced(PlanContext& context, const schema::Table& table,
                     const Constraint& key, const schema::Table& parent) {
  const schema::Reference& reference = key.reference;
  const std::string what = fmt::format("foreign key '{}'", key.name);
  const std::vector<std::string> columns =
      reference.columns.empty() ? PrimaryKeyOf(parent) : reference.columns;
  if (columns.size() != key.columns.size()) {
    throw Refused(
        table.name.name,
        fmt::format("{} has {} columns and refers to {} of '{}'", what,
                    key.columns.size(), columns.size(), parent.shown()));
  }
  for (const std::string& name : columns) {
    if (FindPhysical(parent, name) == nullptr) {
      throw Refused(table.name.name,
                    fmt::format("{} refers to column '{}' of '{}', which has "
                                "only {}",
                                what, name, parent.shown(),
                                base::Join(parent.ColumnNames(), ", ")));
    }
    if (&parent != &table) {
      context.claims.TakeColumn(parent.name.name, name, Use::kConstrains);
    }
  }
  if (IsUnique(parent, columns)) return;
  throw Refused(table.name.name,
                fmt::format("{} refers to {} of '{}', which no primary key or "
                            "unique constraint covers",
                            what, base::Join(columns, ", "), parent.shown()));
}

std::string ColumnText(const schema::Column& column) {
  std::string text =
      column.name + " " + base::ToLower(column.type) +
      (column.nullable ? "" : " not null") +
      (column.unproven_not_null.empty() ? "" : " not valid") +
      (column.default_sql ? " default " + *column.default_sql : "");
  if (column.identity != schema::Identity::kNone) {
    const bool always = column.identity == schema::Identity::kAlways;
    text += always ? " identity always" : " identity by default";
  }
  if (!column.generated_sql.empty()) text += " as " + column.generated_sql;
  if (!column.comment.empty()) text += " comment " + column.comment;
  return text;
}

std::string ConstraintText(const Constraint& constraint) {
  if (!constraint.definition.empty()) return constraint.definition;
  const std::string columns = base::Join(constraint.columns, ", ");
  switch (constraint.kind) {
    case ConstraintKind::kPrimaryKey:
      return "PRIMARY KEY (" + columns + ")";
    case ConstraintKind::kUnique:
      return "UNIQUE (" + columns + ")";
    case ConstraintKind::kForeignKey:
      return "FOREIGN KEY (" + columns + ") REFERENCES " +
             constraint.reference.table + "(" +
             base::Join(constraint.reference.columns, ", ") + ")";
    case ConstraintKind::kCheck:
      return "CHECK (" + constraint.check + ")";
    case ConstraintKind::kExclude:
      return "EXCLUDE " + constraint.name;
  }
  return "";
}

}  // namespace

schema::Table TableDefinition(const CreateTableSpec& spec,
                              const schema::Schema& schema,
                              const db::Language& language) {
  const db::Capabilities& can = language.capabilities();
  schema::Table table;
  table.name.name = spec.name;
  if (can.has_schemas) table.name.schema = schema.name;
  table.comment = spec.comment;
  for (const ColumnDefinition& one : spec.columns) {
    schema::Column column = one.column;
    column.type = language.NativeType(column.type);
    table.columns.push_back(std::move(column));
  }
  AddColumnConstraints(spec, schema, can.max_identifier, table);
  table.constraints.insert(table.constraints.end(), spec.constraints.begin(),
                           spec.constraints.end());
  for (Constraint& constraint : table.constraints) {
    if (constraint.kind != ConstraintKind::kForeignKey) continue;
    if (constraint.reference.table != spec.name) {
      Resolve(constraint.reference, schema);
    }
  }
  SettleNulls(table);
  AddIndexes(table);
  return table;
}

void RefuseBadDefinition(const CreateTableSpec& spec,
                         const db::Capabilities& capabilities) {
  NameCheck names(spec.name, capabilities.max_identifier);
  names.Length("the table", spec.name);
  if (spec.columns.empty()) {
    throw Refused(spec.name, "a table needs at least one column");
  }
  bool has_key = false;
  for (const ColumnDefinition& one : spec.columns) {
    names.Once("column", one.column.name);
    has_key = has_key || one.primary_key;
    if (one.check) names.Once("constraint", one.check->name);
    if (one.reference) names.Once("constraint", one.reference->name);
  }
  for (const Constraint& constraint : spec.constraints) {
    names.Once("constraint", constraint.name);
    RequireColumns(spec, constraint);
    if (constraint.kind != ConstraintKind::kPrimaryKey) continue;
    if (has_key) {
      throw Refused(spec.name,
                    "it has two primary keys: give it either in the columns "
                    "('pk') or in the constraints");
    }
    has_key = true;
  }
}

void CheckReferences(PlanContext& context, const schema::Table& table) {
  for (const Constraint& constraint : table.constraints) {
    if (constraint.kind != ConstraintKind::kForeignKey) continue;
    const std::string& name = constraint.reference.table;
    if (name == table.name.name) {
      CheckReferenced(context, table, constraint, table);
      continue;
    }
    const auto& tables = context.schema.tables;
    const auto parent = std::find_if(
        tables.begin(), tables.end(),
        [&](const schema::Table& one) { return one.name.name == name; });
    if (parent == tables.end()) {
      context.claims.RequireReachable("create_table", name);
      Error error = Refused(
          table.name.name, fmt::format("foreign key '{}' refers to table '{}', "
                                       "which does not exist",
                                       constraint.name, name));
      const std::vector<std::string> names = context.schema.TableNames();
      const std::string nearest(base::Nearest(name, names));
      if (!nearest.empty()) error.WithHint("did you mean '" + nearest + "'?");
      throw error;
    }
    if (parent->kind != "table" && parent->kind != "partitioned table") {
      throw Refused(table.name.name,
                    fmt::format("foreign key '{}' refers to '{}', which is a "
                                "{}",
                                constraint.name, name, parent->kind));
    }
    CheckReferenced(context, table, constraint, *parent);
  }
}

std::string DefinitionText(const schema::Table& table) {
  std::vector<std::string> columns;
  for (const schema::Column& column : table.columns) {
    columns.push_back(ColumnText(column));
  }
  std::vector<std::string> constraints;
  for (const Constraint& constraint : table.constraints) {
    constraints.push_back(ConstraintText(constraint));
  }
  std::sort(constraints.begin(), constraints.end());
  std::string text = base::Join(columns, ", ");
  if (!constraints.empty()) text += "; " + base::Join(constraints, ", ");
  if (!table.comment.empty()) text += "; comment " + table.comment;
  return text;
}

}  // namespace segue::ops
