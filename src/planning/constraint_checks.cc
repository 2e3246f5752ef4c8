#include "planning/constraint_checks.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "planning/expression.h"
#include "planning/key_reference.h"
#include "schema/constraint_text.h"

namespace segue::ops {
namespace {

using schema::Column;
using schema::Constraint;
using schema::ConstraintKind;

Error Refused(const TableWork& work, const Constraint& constraint,
              const std::string& reason) {
  return work.Refused(constraint.name, reason);
}

bool SameReference(const Constraint& there, const Constraint& wanted) {
  const auto name = [](const std::string& table) {
    return table.substr(table.find('.') + 1);
  };
  const schema::Reference& a = there.reference;
  const schema::Reference& b = wanted.reference;
  return name(a.table) == name(b.table) && a.columns == b.columns &&
         a.match == b.match && a.on_delete == b.on_delete &&
         a.on_update == b.on_update && there.deferrable == wanted.deferrable &&
         there.initially_deferred == wanted.initially_deferred;
}

// The text of an existing constraint also says that rows may break it.
std::string WithoutDoubt(std::string definition) {
  for (const std::string_view doubt : {" NOT VALID", " NOT ENFORCED"}) {
    if (!definition.ends_with(doubt)) continue;
    definition.resize(definition.size() - doubt.size());
  }
  return definition;
}

bool SameConstraint(TableWork& work, const ConstraintRequest& request,
                    const Constraint& there) {
  const Constraint& wanted = request.constraint;
  if (there.kind != wanted.kind) return false;
  switch (wanted.kind) {
    case ConstraintKind::kPrimaryKey:
    case ConstraintKind::kUnique:
      return there.columns == wanted.columns;
    case ConstraintKind::kForeignKey: {
      Constraint resolved = wanted;
      resolved.reference = Resolved(work, wanted);
      return there.columns == wanted.columns && SameReference(there, resolved);
    }
    case ConstraintKind::kCheck: {
      const std::string& definition =
          AnswerOnCheck(work, wanted, request.columns).definition;
      return SameDefault(there.check, wanted.check) ||
             (!definition.empty() &&
              definition == WithoutDoubt(there.definition));
    }
    case ConstraintKind::kExclude:
      return false;  // only the server's own text could tell
  }
  return false;
}

std::string DefinitionText(const Constraint& constraint) {
  if (!constraint.definition.empty()) return constraint.definition;
  if (constraint.kind == ConstraintKind::kCheck) {
    return "CHECK (" + constraint.check + ")";
  }
  std::string text = fmt::format("{} ({})", schema::KindText(constraint.kind),
                                 base::Join(constraint.columns, ", "));
  if (constraint.kind == ConstraintKind::kForeignKey) {
    text += fmt::format(" to {} ({})", constraint.reference.table,
                        base::Join(constraint.reference.columns, ", "));
  }
  return text;
}

void RequireColumns(TableWork& work, const ConstraintRequest& request) {
  for (const std::string& name : request.constraint.columns) {
    if (schema::FindColumn(request.columns, name) == nullptr) {
      schema::RequireColumn(work.shape(), name);
    }
  }
}

void RequireCapable(const TableWork& work, const Constraint& constraint) {
  const db::Capabilities& can = work.capabilities();
  if (constraint.kind == ConstraintKind::kPrimaryKey && !can.add_primary_key) {
    throw Refused(work, constraint,
                  can.name + " cannot add a primary key to a table that exists")
        .WithHint("make it unique with NOT NULL columns instead");
  }
  if (constraint.kind == ConstraintKind::kExclude &&
      !can.exclusion_constraints) {
    throw Refused(work, constraint, can.name + " has no exclusion constraints");
  }
  const bool is_unique = constraint.kind == ConstraintKind::kUnique;
  const bool extras = constraint.deferrable || constraint.nulls_not_distinct ||
                      !constraint.include.empty() ||
                      !constraint.storage_parameters.empty() ||
                      !constraint.tablespace.empty();
  if (is_unique && extras && !can.adopts_index) {
    throw Refused(work, constraint,
                  can.name +
                      " has unique indexes only: none of deferrable, "
                      "nulls_not_distinct and index_parameters");
  }
  if (constraint.kind == ConstraintKind::kCheck && constraint.no_inherit &&
      !can.not_valid_constraints) {
    throw Refused(work, constraint,
                  can.name + " has no inheritance: leave out 'no_inherit'");
  }
  if (constraint.kind == ConstraintKind::kForeignKey &&
      work.live().kind == "partitioned table" && can.not_valid_constraints) {
    throw Refused(work, constraint,
                  "a foreign key of a partitioned table cannot be added "
                  "without a scan that blocks writes")
        .WithHint("add it to each partition");
  }
}

// The server proves a unique constraint partition by partition.
void RequirePartitionKey(const TableWork& work, const Constraint& constraint) {
  const bool is_unique = constraint.kind == ConstraintKind::kUnique ||
                         constraint.kind == ConstraintKind::kPrimaryKey;
  if (!is_unique || work.live().kind != "partitioned table") return;
  const std::vector<std::string>& columns = constraint.columns;
  for (const std::string& key : work.live().partition_key) {
    if (std::find(columns.begin(), columns.end(), key) != columns.end()) {
      continue;
    }
    throw Refused(work, constraint,
                  fmt::format("column '{}' of the partition key is not among "
                              "its columns, so that no partition could prove "
                              "it for the whole table",
                              key))
        .WithHint("add the column, or create it on each partition");
  }
  if (!constraint.deferrable) return;
  throw Refused(work, constraint,
                "a deferrable constraint of a partitioned table cannot be "
                "built without blocking writes")
      .WithHint("leave out 'deferrable'");
}

bool HoldsForNewRows(const Constraint& there) {
  const bool can_be_proven = there.kind == ConstraintKind::kCheck ||
                             there.kind == ConstraintKind::kForeignKey;
  return can_be_proven && there.enforced && !there.validated;
}

// A constraint that is there and that rows may break is not what was asked for.
void RefuseUnproven(const TableWork& work, const Constraint& there) {
  if (there.validated) return;
  if (!there.enforced) {
    throw Refused(work, there,
                  "it exists already, but it is NOT ENFORCED: rows may break "
                  "it")
        .WithHint("have it enforced, or drop it first");
  }
  if (!HoldsForNewRows(there)) {
    throw Refused(work, there,
                  "it exists already, but its index is not valid: a partition "
                  "lacks it")
        .WithHint("attach the index of each partition, or drop it first");
  }
  throw Refused(work, there,
                "it exists already, but it is NOT VALID: rows from before it "
                "may break it")
      .WithHint("validate it or drop it first");
}

void RequireNoOtherKey(const TableWork& work, const Constraint& constraint) {
  if (constraint.kind != ConstraintKind::kPrimaryKey) return;
  for (const Constraint& there : work.live().constraints) {
    if (there.kind != ConstraintKind::kPrimaryKey) continue;
    throw Refused(
        work, constraint,
        fmt::format("the table has a primary key already, '{}'", there.name));
  }
}

}  // namespace

const db::Answer& AnswerOnCheck(const TableWork& work, const Constraint& check,
                                const std::vector<Column>& columns) {
  return work.context().Ask(db::CheckQuestion{work.live().name, check.check,
                                              Bind(check.check, columns)});
}

// Where constraints are named by their indexes, the name must be free among
// indexes and tables alike.
void RequireFreeConstraintName(TableWork& work, const Constraint& constraint) {
  const std::size_t limit = work.capabilities().max_identifier;
  if (constraint.name.size() > limit) {
    throw Refused(work, constraint,
                  fmt::format("the name is longer than {} bytes", limit));
  }
  for (const Constraint& there : work.shape().constraints) {
    if (there.name != constraint.name) continue;
    throw Refused(work, constraint, "a constraint of this name exists already");
  }
  const bool has_index = constraint.kind == ConstraintKind::kUnique ||
                         constraint.kind == ConstraintKind::kPrimaryKey ||
                         constraint.kind == ConstraintKind::kExclude;
  if (!has_index) return;
  for (const schema::Table& table : work.context().schema.tables) {
    const bool is_table = table.name.name == constraint.name;
    const bool is_index = std::any_of(
        table.indexes.begin(), table.indexes.end(),
        [&](const auto& index) { return index.name == constraint.name; });
    if (!is_table && !is_index) continue;
    throw Refused(work, constraint,
                  is_table ? "a table of this name exists already"
                           : fmt::format("an index of this name exists "
                                         "already on '{}'",
                                         table.name.name));
  }
}

bool ExistsAlready(TableWork& work, const ConstraintRequest& request) {
  const Constraint& wanted = request.constraint;
  work.context().claims.TakeConstraint(work.live().name.name, wanted.name);
  for (const Constraint& there : work.shape().constraints) {
    if (there.name != wanted.name) continue;
    if (SameConstraint(work, request, there)) {
      RefuseUnproven(work, there);
      work.Note(Phase::kExpanding,
                fmt::format("{} '{}' exists already with this definition; "
                            "skipped",
                            schema::KindText(wanted.kind), wanted.name));
      return true;
    }
    throw Refused(work, wanted,
                  fmt::format("a constraint of this name exists with another "
                              "definition: there '{}', wanted '{}'",
                              DefinitionText(there), DefinitionText(wanted)));
  }
  return false;
}

const Constraint* UnprovenExisting(TableWork& work,
                                   const ConstraintRequest& request) {
  const Constraint* there =
      work.shape().FindConstraint(request.constraint.name);
  if (there == nullptr || !HoldsForNewRows(*there)) return nullptr;
  return SameConstraint(work, request, *there) ? there : nullptr;
}

void RequirePossible(TableWork& work, const ConstraintRequest& request) {
  const Constraint& constraint = request.constraint;
  RequireColumns(work, request);
  RequireCapable(work, constraint);
  RequirePartitionKey(work, constraint);
  RequireNoOtherKey(work, constraint);
  RequireFreeConstraintName(work, constraint);
  if (constraint.kind == ConstraintKind::kForeignKey)
    Resolved(work, constraint);
  if (constraint.kind != ConstraintKind::kCheck) return;
  const db::Answer& answer = AnswerOnCheck(work, constraint, request.columns);
  if (answer.error.empty()) return;
  throw Refused(work, constraint,
                "its expression is not accepted: " + answer.error)
      .WithSql(constraint.check);
}

}  // namespace segue::ops
