// A whole table as SQL.
#pragma once

#include <string>
#include <vector>

#include "schema/schema.h"

namespace segue::postgres {

// CREATE TABLE and what it takes to give it its comments.
std::vector<std::string> CreateTableSql(const schema::Table& table);

// Tables that the foreign keys of `table` refer to, itself left out.
std::vector<schema::TableName> ReferencedTables(const schema::Table& table);

}  // namespace segue::postgres
