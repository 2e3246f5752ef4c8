// Tables of whose place a copy takes, and foreign keys that tie them to what
// else the migration changes.
#pragma once

#include "planning/operation.h"

namespace segue::ops {

// Throws Error{kRefused} when a foreign key ties a table, of whose place a copy
// takes, to what another operation changes: the copy gets the foreign keys that
// the table had at the start, under their names. `before` is the shape without
// the migration.
void RefuseTiedCopies(const schema::Schema& before, const PlanContext& context);

}  // namespace segue::ops
