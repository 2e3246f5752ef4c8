// Copies the schema of a database into a database in memory.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "dialects/sqlite/connection.h"

namespace segue::sqlite {

// Returns a database that has every text of sqlite_schema as it stands in
// `source`, and the first row of each of these tables if it takes that row
// there. A text is not run, because SQLite reads a schema without looking at
// the functions, collations and tables that it mentions: what is broken in the
// original is broken in the copy in the same way. Throws the error of SQLite
// when it cannot read the copy.
std::unique_ptr<SqliteConnection> CopySchema(
    db::Connection& source, const std::vector<std::string>& tables);

}  // namespace segue::sqlite
