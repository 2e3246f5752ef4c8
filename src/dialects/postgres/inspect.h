// Reads the catalogue into schema values.
#pragma once

#include <string>

#include "db/connection.h"
#include "schema/schema.h"

namespace segue::postgres {

// As db::Dialect::Inspect promises: seven queries, whatever the number of
// tables. Takes no lock on any of them.
schema::Schema Inspect(db::Connection& connection,
                       const std::string& schema_name);

}  // namespace segue::postgres
