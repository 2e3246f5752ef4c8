// What the server says of a table in parts of its catalogues that segue does
// not know.
#pragma once

#include <string>
#include <vector>

#include "db/connection.h"
#include "schema/schema.h"

namespace segue::postgres {

// Returns the columns of catalogues that are not in `known` (see KnownColumns)
// and have a value for the table, its columns, indexes, constraints, triggers
// or partitions, as "pg_class.relnew"; and the catalogues of which `known` has
// nothing and that have a row for the table, as "pg_new". NULL, false, zero and
// empty values do not count. What this role may not read counts, and the answer
// says so.
std::vector<std::string> UnknownFacts(db::Connection& connection,
                                      const schema::TableName& table,
                                      const std::vector<std::string>& known);

}  // namespace segue::postgres
