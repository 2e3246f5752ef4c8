// Columns as CREATE TABLE and ADD COLUMN write them.
#pragma once

#include <string>

#include "schema/schema.h"

namespace segue::postgres {

// Returns, for example, "name" bigint DEFAULT 0 NOT NULL.
std::string ColumnSql(const schema::Column& column);
// Returns COMMENT ON COLUMN; an empty comment removes the comment.
std::string ColumnCommentSql(const schema::TableName& table,
                             const std::string& column,
                             const std::string& comment);

}  // namespace segue::postgres
