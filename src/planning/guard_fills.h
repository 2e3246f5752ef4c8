// Guards the rows that are filled against the triggers of the user's.
#pragma once

#include "planning/operation.h"

namespace segue::ops {

// Adds an action before the first fill of each table and another after its last
// verification. Between the two, either the user's triggers are held back, or a
// trigger of segue's gives every column that is not filled its former value
// back after them. A table whose triggers change no row has no guard.
//
// Called after all operations have planned. `live` is the schema in the
// database. Throws Error{kRefused} when a trigger cannot be held back.
void GuardFills(PlanContext& context, const schema::Schema& live);

}  // namespace segue::ops
