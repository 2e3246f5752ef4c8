// A constraint as it stands behind ADD CONSTRAINT name, or behind CONSTRAINT
// name in CREATE TABLE.
#pragma once

#include <string>

#include "schema/schema.h"

namespace segue::postgres {

// Of a constraint of `table`: out of its definition where it has one, else out
// of its structured fields. Without NOT VALID.
std::string ConstraintBody(const schema::TableName& table,
                           const schema::Constraint& constraint);

}  // namespace segue::postgres
