#include "planning/key_reference.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/text.h"

namespace segue::ops {
namespace {

using schema::Constraint;
using schema::ConstraintKind;

using Names = std::set<std::string>;

Names SetOf(const std::vector<std::string>& names) {
  return {names.begin(), names.end()};
}

// A foreign key may list the unique columns in any order.
bool IsUnique(const schema::Index& index, const Names& columns) {
  if (!index.unique || !index.valid || index.deferrable ||
      !index.predicate.empty()) {
    return false;
  }
  Names parts;
  for (const schema::IndexColumn& part : index.columns) {
    parts.insert(part.name);
  }
  return parts == columns;
}

bool IsUnique(const Constraint& constraint, const Names& columns) {
  const bool is_key = constraint.kind == ConstraintKind::kPrimaryKey ||
                      constraint.kind == ConstraintKind::kUnique;
  return is_key && !constraint.deferrable &&
         SetOf(constraint.columns) == columns;
}

bool IsUnique(const schema::Table& table, const Names& columns) {
  const auto is_unique = [&](const auto& one) {
    return IsUnique(one, columns);
  };
  return std::any_of(table.indexes.begin(), table.indexes.end(), is_unique) ||
         std::any_of(table.constraints.begin(), table.constraints.end(),
                     is_unique);
}

std::vector<std::string> PrimaryKey(const schema::Table& table) {
  for (const Constraint& constraint : table.constraints) {
    if (constraint.kind == ConstraintKind::kPrimaryKey) {
      return constraint.columns;
    }
  }
  return {};
}

}  // namespace

schema::Reference Resolved(TableWork& work, const Constraint& constraint) {
  schema::Reference reference = constraint.reference;
  // A table of another schema was not inspected, so the server has to check it.
  if (reference.table.find('.') != std::string::npos) return reference;
  PlanContext& context = work.context();
  const schema::Table& target =
      schema::RequireTable(context.schema, reference.table);
  if (target.kind == "view") {
    throw work.Refused(constraint.name,
                       fmt::format("'{}' is a view", target.shown()));
  }
  std::vector<std::string> named = reference.columns;
  for (std::string& name : reference.columns) {
    name = schema::RequireColumn(target, name).physical();
  }
  if (named.empty()) named = reference.columns = PrimaryKey(target);
  if (reference.columns.empty()) {
    throw work.Refused(
        constraint.name,
        fmt::format("table '{}' has no primary key: name the column",
                    target.shown()));
  }
  if (!IsUnique(target, SetOf(reference.columns))) {
    throw work
        .Refused(constraint.name,
                 fmt::format("nothing makes {} of '{}' unique",
                             base::Join(named, ", "), target.shown()))
        .WithHint("reference its primary key, or make it unique first");
  }
  reference.table = target.name.name;
  if (target.name == work.live().name) return reference;
  for (const std::string& name : reference.columns) {
    context.claims.TakeColumn(target.name.name, name, Use::kConstrains);
  }
  return reference;
}

std::vector<std::string> ReliesOn(const schema::Schema& schema,
                                  const schema::Table& table,
                                  const Constraint& constraint) {
  std::vector<std::string> names;
  const Names columns = SetOf(constraint.columns);
  for (const schema::Table& other : schema.tables) {
    for (const Constraint& key : other.constraints) {
      const bool points_here = key.kind == ConstraintKind::kForeignKey &&
                               key.reference.table == table.name.name &&
                               SetOf(key.reference.columns) == columns;
      if (points_here) names.push_back(other.name.name + "." + key.name);
    }
  }
  return names;
}

}  // namespace segue::ops
