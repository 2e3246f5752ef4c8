// Operations of one migration that change the same column, or a table that the
// migration itself creates, are made into one before anything is planned: two
// motions of one column would undo each other.
#pragma once

#include <vector>

#include "planning/operation.h"

namespace segue::ops {

// Returns the operations in an order in which each can be planned by itself.
// Changes of one column become one change, in the place of the first of them;
// changes of a table that the migration creates are written into its
// create_table; an index or constraint comes before the rename of its columns
// and after any other change of them. Nothing moves across an `sql`, which may
// do anything. `schema` is the one in the database. Throws Error{kRefused} when
// two operations contradict each other; what is only not known to go together
// stays as it is, so that planning decides.
std::vector<OperationPtr> Combine(const std::vector<OperationPtr>& operations,
                                  const schema::Schema& schema,
                                  const db::Language& language);

}  // namespace segue::ops
