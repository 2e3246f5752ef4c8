// The schema of an SQLite database as values.
#pragma once

#include <string>

#include "db/connection.h"
#include "schema/schema.h"

namespace segue::sqlite {

// `schema_name`: "main" or empty; throws kNotFound for anything else. Leaves
// out sqlite_*, segue's own tables and triggers, and the columns of views and
// virtual tables: one that is broken would make the whole catalogue unreadable.
schema::Schema Inspect(db::Connection& connection,
                       const std::string& schema_name);

}  // namespace segue::sqlite
