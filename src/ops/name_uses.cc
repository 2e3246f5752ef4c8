#include "ops/name_uses.h"

#include <algorithm>
#include <utility>

#include "ops/add_column.h"
#include "ops/alter_column.h"
#include "ops/create_constraint.h"
#include "ops/create_index.h"
#include "ops/create_table.h"
#include "ops/set_replica_identity.h"
#include "ops/with_spec.h"

namespace segue::ops {
namespace {

using schema::Constraint;

std::vector<std::string> PrimaryKeyOf(const schema::Schema& schema,
                                      const std::string& table) {
  const schema::Table* found = schema.FindTable(table);
  if (found == nullptr) return {};
  for (const Constraint& constraint : found->constraints) {
    if (constraint.kind == schema::ConstraintKind::kPrimaryKey) {
      return constraint.columns;
    }
  }
  return {};
}

void AddUses(const std::string& table, const std::vector<std::string>& columns,
             std::vector<ColumnUse>& uses) {
  for (const std::string& column : columns) {
    if (!column.empty()) uses.push_back({table, column});
  }
}

void AddReference(const Constraint& constraint, const schema::Schema& schema,
                  std::vector<ColumnUse>& uses) {
  const schema::Reference& reference = constraint.reference;
  if (reference.table.empty()) return;
  AddUses(reference.table,
          reference.columns.empty() ? PrimaryKeyOf(schema, reference.table)
                                    : reference.columns,
          uses);
}

void Replace(std::vector<std::string>& names, const std::string& from,
             const std::string& to) {
  std::replace(names.begin(), names.end(), from, to);
}

void Rename(const std::string& table, const ColumnUse& from,
            const std::string& to, Constraint& constraint) {
  if (table == from.table) {
    Replace(constraint.columns, from.column, to);
    Replace(constraint.include, from.column, to);
    Replace(constraint.reference.on_delete_set_columns, from.column, to);
  }
  if (constraint.reference.table == from.table) {
    Replace(constraint.reference.columns, from.column, to);
  }
}

void Rename(const ColumnUse& from, const std::string& to,
            CreateIndexSpec& spec) {
  if (spec.table != from.table) return;
  for (schema::IndexColumn& part : spec.index.columns) {
    if (part.name == from.column) part.name = to;
  }
  Replace(spec.index.include, from.column, to);
}

// Calls `change` with each constraint of the specification.
template <class Change>
void EachConstraint(CreateTableSpec& spec, const Change& change) {
  for (Constraint& constraint : spec.constraints) change(constraint);
  for (ColumnDefinition& one : spec.columns) {
    if (one.reference) change(*one.reference);
  }
}

template <class Change>
void EachConstraint(AddColumnSpec& spec, const Change& change) {
  for (Constraint& constraint : spec.constraints) change(constraint);
}

template <class Change>
void EachConstraint(AlterColumnSpec& spec, const Change& change) {
  for (Constraint& constraint : spec.constraints) change(constraint);
}

template <class Change>
void EachConstraint(CreateConstraintSpec& spec, const Change& change) {
  change(spec.constraint);
}

OperationPtr Like(const Operation& original, const NewOperation& made) {
  made->set_source(original.source());
  made->set_made_of(original.made_of());
  return made;
}

void Retable(const std::string& from, const std::string& to,
             std::string& table) {
  if (table == from) table = to;
}

}  // namespace

std::vector<ColumnUse> ColumnUses(const Operation& operation,
                                  const schema::Schema& schema) {
  std::vector<ColumnUse> uses;
  if (const auto* index = SpecOf<CreateIndexSpec>(operation)) {
    for (const schema::IndexColumn& part : index->index.columns) {
      AddUses(index->table, {part.name}, uses);
    }
    AddUses(index->table, index->index.include, uses);
  }
  if (const auto* made = SpecOf<CreateConstraintSpec>(operation)) {
    AddUses(made->table, made->constraint.columns, uses);
    AddUses(made->table, made->constraint.include, uses);
    AddReference(made->constraint, schema, uses);
  }
  const auto add = [&](const Constraint& constraint) {
    AddReference(constraint, schema, uses);
  };
  if (const auto* table = SpecOf<CreateTableSpec>(operation)) {
    CreateTableSpec copy = *table;
    EachConstraint(copy, add);
  }
  if (const auto* column = SpecOf<AddColumnSpec>(operation)) {
    AddColumnSpec copy = *column;
    EachConstraint(copy, add);
  }
  if (const auto* change = SpecOf<AlterColumnSpec>(operation)) {
    AlterColumnSpec copy = *change;
    EachConstraint(copy, add);
  }
  return uses;
}

bool MentionsInText(const Operation& operation, const std::string& column) {
  std::vector<std::string> texts;
  if (const auto* spec = SpecOf<CreateIndexSpec>(operation)) {
    texts.push_back(spec->index.predicate);
    for (const schema::IndexColumn& part : spec->index.columns) {
      texts.push_back(part.expression);
    }
  }
  if (const auto* spec = SpecOf<CreateConstraintSpec>(operation)) {
    texts = {spec->constraint.check, spec->constraint.predicate};
    for (const auto& element : spec->constraint.exclude) {
      texts.push_back(element.expression);
    }
    for (const auto* all : {&spec->up, &spec->down}) {
      for (const auto& [name, sql] : *all) texts.push_back(sql);
    }
  }
  return std::any_of(texts.begin(), texts.end(), [&](const auto& sql) {
    return !schema::ReferencedColumns(sql, {column}).empty();
  });
}

OperationPtr WithColumn(const OperationPtr& operation, const ColumnUse& from,
                        const std::string& to) {
  if (const auto* index = SpecOf<CreateIndexSpec>(*operation)) {
    CreateIndexSpec spec = *index;
    Rename(from, to, spec);
    return Like(*operation, MakeCreateIndex(std::move(spec)));
  }
  if (const auto* made = SpecOf<CreateConstraintSpec>(*operation)) {
    CreateConstraintSpec spec = *made;
    Rename(spec.table, from, to, spec.constraint);
    return Like(*operation, MakeCreateConstraint(std::move(spec)));
  }
  const auto rename = [&](Constraint& constraint) {
    Rename("", from, to, constraint);
  };
  if (const auto* table = SpecOf<CreateTableSpec>(*operation)) {
    CreateTableSpec spec = *table;
    if (spec.name != from.table) EachConstraint(spec, rename);
    return Like(*operation, MakeCreateTable(std::move(spec)));
  }
  if (const auto* add = SpecOf<AddColumnSpec>(*operation)) {
    AddColumnSpec spec = *add;
    EachConstraint(spec, rename);
    return Like(*operation, MakeAddColumn(std::move(spec)));
  }
  if (const auto* alter = SpecOf<AlterColumnSpec>(*operation)) {
    AlterColumnSpec spec = *alter;
    EachConstraint(spec, rename);
    return Like(*operation, MakeAlterColumn(std::move(spec)));
  }
  return operation;
}

OperationPtr WithTable(const OperationPtr& operation, const std::string& from,
                       const std::string& to) {
  const auto retable = [&](Constraint& constraint) {
    Retable(from, to, constraint.reference.table);
  };
  if (const auto* index = SpecOf<CreateIndexSpec>(*operation)) {
    CreateIndexSpec spec = *index;
    Retable(from, to, spec.table);
    return Like(*operation, MakeCreateIndex(std::move(spec)));
  }
  if (const auto* identity = SpecOf<SetReplicaIdentitySpec>(*operation)) {
    SetReplicaIdentitySpec spec = *identity;
    Retable(from, to, spec.table);
    return Like(*operation, MakeSetReplicaIdentity(std::move(spec)));
  }
  if (const auto* made = SpecOf<CreateConstraintSpec>(*operation)) {
    CreateConstraintSpec spec = *made;
    Retable(from, to, spec.table);
    EachConstraint(spec, retable);
    return Like(*operation, MakeCreateConstraint(std::move(spec)));
  }
  if (const auto* table = SpecOf<CreateTableSpec>(*operation)) {
    CreateTableSpec spec = *table;
    EachConstraint(spec, retable);
    return Like(*operation, MakeCreateTable(std::move(spec)));
  }
  if (const auto* add = SpecOf<AddColumnSpec>(*operation)) {
    AddColumnSpec spec = *add;
    EachConstraint(spec, retable);
    return Like(*operation, MakeAddColumn(std::move(spec)));
  }
  if (const auto* alter = SpecOf<AlterColumnSpec>(*operation)) {
    AlterColumnSpec spec = *alter;
    EachConstraint(spec, retable);
    return Like(*operation, MakeAlterColumn(std::move(spec)));
  }
  return operation;
}

}  // namespace segue::ops
