// A whole table as CREATE TABLE writes it. What SQLite cannot do is refused
// with the reason, rather than left out.
#pragma once

#include <string>

#include "schema/schema.h"

namespace segue::sqlite {

// Throws Error{kRefused}.
std::string CreateTableSql(const schema::Table& table);

// "CONSTRAINT name CHECK (a > 0)", as it stands in the table's text.
// Throws Error{kRefused}.
std::string ConstraintSql(const schema::TableName& table,
                          const schema::Constraint& constraint);

}  // namespace segue::sqlite
