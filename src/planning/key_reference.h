// Where a foreign key points.
#pragma once

#include "planning/table_work.h"

namespace segue::ops {

// The reference by the names in the database, its columns filled in. Throws
// Error{kNotFound} when there is no such table or column and Error{kRefused}
// when nothing makes the referenced columns unique. Claims them.
schema::Reference Resolved(TableWork& work,
                           const schema::Constraint& constraint);

// Foreign keys that rely on `constraint` (a unique or primary key) of `table`:
// "orders.orders_user_id_fkey". Empty: none.
std::vector<std::string> ReliesOn(const schema::Schema& schema,
                                  const schema::Table& table,
                                  const schema::Constraint& constraint);

}  // namespace segue::ops
