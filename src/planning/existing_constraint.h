// A constraint that a table has.
#pragma once

#include <optional>
#include <string>

#include "planning/table_work.h"

namespace segue::ops {

struct ExistingConstraint {
  schema::Constraint constraint;
  // Where a unique index is all there is of it.
  std::optional<schema::Index> index;
};

std::optional<ExistingConstraint> FindExisting(
    const schema::Table& table, const std::string& name,
    const db::Capabilities& capabilities);

// Error{kNotFound} naming the table's constraints; Error{kRefused} when it
// cannot be changed apart from the table.
ExistingConstraint RequireExisting(TableWork& work, const std::string& name);

}  // namespace segue::ops
