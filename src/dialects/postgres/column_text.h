// A column as CREATE TABLE and ADD COLUMN write it.
#pragma once

#include <string>

#include "schema/schema.h"

namespace segue::postgres {

// "name" bigint DEFAULT 0 NOT NULL
std::string ColumnSql(const schema::Column& column);
// An empty comment takes it off.
std::string ColumnCommentSql(const schema::TableName& table,
                             const std::string& column,
                             const std::string& comment);

}  // namespace segue::postgres
