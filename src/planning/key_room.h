// How long the values of a key last while its type changes.
#pragma once

#include <cstdint>

#include "planning/table_work.h"

namespace segue::ops {

// Says in the plan how many values are left, and how long they last. Throws
// Error{kRefused} when that is not long enough for tables of so many rows in
// all. With `negative_ids` the sequence of the column goes on at the lowest
// value of the type meanwhile, which is refused where it cannot.
void LookAtRoom(TableWork& work, const schema::Column& old, std::int64_t rows,
                bool negative_ids);

}  // namespace segue::ops
