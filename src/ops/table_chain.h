// Writes a change of a table into the create_table of the same migration: the
// table has no rows and no users yet, so that it can be created as the change
// leaves it.
#pragma once

#include <string>

#include "ops/create_table.h"

namespace segue::ops {

// Returns true when the operation, which is on the table of `table`, is now
// part of it; false when it stays an operation of its own. Throws
// Error{kRefused} when the two contradict each other.
bool WriteInto(CreateTableSpec& table, const Operation& operation);

// Gives the table another name; its constraints keep theirs.
void RenameCreated(CreateTableSpec& table, const std::string& to);

}  // namespace segue::ops
