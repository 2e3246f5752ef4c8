// The closed list of what SQLite's own tables and pragmas tell about a table.
// What a newer SQLite tells beyond it says something that segue does not know.
#pragma once

#include <string>
#include <vector>

#include "db/connection.h"

namespace segue::sqlite {

// One source of what SQLite tells: sqlite_schema or a pragma.
struct KnownSource {
  std::string name;
  std::string query;                 // about the table $1
  std::vector<std::string> columns;  // all that are known
  // The column that tells the kind of the object, and the kinds that are known;
  // empty when there is none.
  std::string kind = {};
  std::vector<std::string> kinds = {};
};

// Returns every source, as SQLite 3.40 has them.
const std::vector<KnownSource>& KnownSources();

// Returns the columns that are not in `known` and have a value for the table,
// as "table_list.new", and the kinds that are not in it, as "sqlite_schema.type
// 'new'". NULL, zero and empty text do not count.
std::vector<std::string> UnknownFacts(db::Connection& connection,
                                      const std::string& table,
                                      const std::vector<KnownSource>& known);

}  // namespace segue::sqlite
