// A check or a foreign key as it stands in the text of CREATE TABLE.
#pragma once

#include <string>

#include "schema/schema.h"

namespace segue::sqlite {

// "CONSTRAINT name CHECK (...)", out of the definition where there is one, else
// out of the structured fields. A unique constraint too, for CREATE TABLE.
std::string ConstraintSql(const schema::Constraint& constraint);

}  // namespace segue::sqlite
