#include "planning/existing_constraint.h"

#include <fmt/format.h>

#include "base/text.h"
#include "schema/constraint_text.h"

namespace segue::ops {

using schema::Constraint;
using schema::ConstraintKind;

std::optional<ExistingConstraint> FindExisting(
    const schema::Table& table, const std::string& name,
    const db::Capabilities& capabilities) {
  if (const Constraint* constraint = table.FindConstraint(name)) {
    return ExistingConstraint{*constraint, std::nullopt};
  }
  if (capabilities.adopts_index) return std::nullopt;
  const schema::Index* index = table.FindIndex(name);
  if (index == nullptr || !index->unique) return std::nullopt;
  ExistingConstraint found;
  found.constraint.name = name;
  found.constraint.kind = ConstraintKind::kUnique;
  for (const schema::IndexColumn& part : index->columns) {
    found.constraint.columns.push_back(part.name);
  }
  found.index = *index;
  return found;
}

ExistingConstraint RequireExisting(TableWork& work, const std::string& name) {
  const auto found = FindExisting(work.shape(), name, work.capabilities());
  if (!found) {
    std::vector<std::string> names;
    for (const Constraint& constraint : work.shape().constraints) {
      names.push_back(constraint.name);
    }
    throw Error(
        ErrorKind::kNotFound,
        fmt::format("there is no constraint '{}' on table '{}'; {}", name,
                    work.live().name.name,
                    names.empty() ? "it has none"
                                  : "there are: " + base::Join(names, ", ")));
  }
  const ConstraintKind kind = found->constraint.kind;
  const bool in_table = !found->index && (kind == ConstraintKind::kUnique ||
                                          kind == ConstraintKind::kPrimaryKey);
  if (in_table && !work.capabilities().adopts_index) {
    throw work
        .Refused(name,
                 fmt::format("{} cannot change a {} that stands in the "
                             "table itself",
                             work.capabilities().name, schema::KindText(kind)))
        .WithHint("move the rows to a table without it");
  }
  return *found;
}

}  // namespace segue::ops
