// Reads the schema of an SQLite database into values.
#pragma once

#include <string>

#include "db/connection.h"
#include "schema/schema.h"

namespace segue::sqlite {

// `schema_name` is "main" or empty; any other throws kNotFound. The result is
// without sqlite_*, segue's own tables and triggers, and the columns of views
// and virtual tables, because a broken one would make the whole catalogue
// unreadable.
schema::Schema Inspect(db::Connection& connection,
                       const std::string& schema_name);

}  // namespace segue::sqlite
