// The tables that inherit from another one: the server changes their columns
// with those of the parent.
#pragma once

#include "planning/operation.h"

namespace segue::ops {

// Gives the tables that inherit the new names, the new columns and the new
// defaults of their parents, so that a version shows them as they will be.
// `before` is the shape without the migration.
void FollowParents(const schema::Schema& before, PlanContext& context);

}  // namespace segue::ops
