// The foreign keys of a table whose copy takes its place.
#pragma once

#include <string>

#include "schema/schema.h"

namespace segue::postgres {

// Returns the statement that gives the keys which each partition of `table` has
// for itself to the table that has been put aside, NOT VALID.
std::string TakeKeysBackSql(const schema::TableName& table,
                            const schema::TableName& aside);

}  // namespace segue::postgres
