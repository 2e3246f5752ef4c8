// The text of CREATE TABLE for a whole table. A property that SQLite does not
// have is refused with the reason and never left out.
#pragma once

#include <string>

#include "schema/schema.h"

namespace segue::sqlite {

// Throws Error{kRefused} for a property that SQLite does not have.
std::string CreateTableSql(const schema::Table& table);

// Returns a constraint as it is in the text of a table:
// "CONSTRAINT name CHECK (a > 0)". Throws Error{kRefused} likewise.
std::string ConstraintSql(const schema::TableName& table,
                          const schema::Constraint& constraint);

}  // namespace segue::sqlite
