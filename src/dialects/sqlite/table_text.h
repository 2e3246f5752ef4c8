// A whole table as CREATE TABLE writes it. What SQLite cannot do is refused
// with the reason, rather than left out.
#pragma once

#include <string>

#include "schema/schema.h"

namespace segue::sqlite {

// Throws Error{kRefused}.
std::string CreateTableSql(const schema::Table& table);

// "UNIQUE (a, b)", "CHECK (a > 0)": behind CONSTRAINT name. `table` is for
// messages. Throws Error{kRefused}.
std::string ConstraintText(const std::string& table,
                           const schema::Constraint& constraint);

}  // namespace segue::sqlite
