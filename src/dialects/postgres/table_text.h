// SQL for a whole table.
#pragma once

#include <string>
#include <vector>

#include "schema/schema.h"

namespace segue::postgres {

// Returns CREATE TABLE and the statements for its comments.
std::vector<std::string> CreateTableSql(const schema::Table& table);

// Returns the tables to which the foreign keys of `table` refer, without
// `table` itself.
std::vector<schema::TableName> ReferencedTables(const schema::Table& table);

}  // namespace segue::postgres
