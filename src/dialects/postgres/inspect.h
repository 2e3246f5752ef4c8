// Reads the catalogue into schema values.
#pragma once

#include <string>

#include "db/connection.h"
#include "schema/schema.h"

namespace segue::postgres {

// Does what db::Dialect::Inspect promises, with seven queries whatever the
// number of tables. The queries lock no table themselves, but the catalogue
// functions that they call wait for a table that is locked against everybody.
schema::Schema Inspect(db::Connection& connection,
                       const std::string& schema_name);

// Does the same for a schema that is not the one at work, such as that of
// temporary tables: what is printed leaves out the schema `at_work`.
schema::Schema Inspect(db::Connection& connection,
                       const std::string& schema_name,
                       const std::string& at_work);

}  // namespace segue::postgres
