// What of a table its copy could not get.
#pragma once

#include <string>

namespace segue::postgres {

// Returns a query for the names of it. `table` is an expression for the name of
// the table. With `partitioned`: what a partitioned copy could not have.
std::string CopyReasonsSql(const std::string& table, bool partitioned);

}  // namespace segue::postgres
