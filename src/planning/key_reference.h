// The references of foreign keys.
#pragma once

#include "planning/table_work.h"

namespace segue::ops {

// Returns the reference by the names in the database, with its columns filled
// in, and claims these columns. Throws Error{kNotFound} when there is no such
// table or column, and Error{kRefused} when nothing makes the referenced
// columns unique.
schema::Reference Resolved(TableWork& work,
                           const schema::Constraint& constraint);

// Returns the foreign keys that rely on `constraint` (a unique or primary key)
// of `table`, such as "orders.orders_user_id_fkey"; empty: none.
std::vector<std::string> ReliesOn(const schema::Schema& schema,
                                  const schema::Table& table,
                                  const schema::Constraint& constraint);

}  // namespace segue::ops
