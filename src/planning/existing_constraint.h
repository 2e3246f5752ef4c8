// A constraint that a table has in the database.
#pragma once

#include <optional>
#include <string>

#include "planning/table_work.h"

namespace segue::ops {

struct ExistingConstraint {
  schema::Constraint constraint;
  // Set when the constraint is nothing but a unique index.
  std::optional<schema::Index> index;
};

std::optional<ExistingConstraint> FindExisting(
    const schema::Table& table, const std::string& name,
    const db::Capabilities& capabilities);

// Throws Error{kNotFound}, which names the table's constraints, when there is
// none of that name, and Error{kRefused} when it cannot be changed apart from
// the table.
ExistingConstraint RequireExisting(TableWork& work, const std::string& name);

}  // namespace segue::ops
