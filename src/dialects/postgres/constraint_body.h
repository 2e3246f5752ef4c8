// The text of a constraint after ADD CONSTRAINT name, or after CONSTRAINT name
// in CREATE TABLE.
#pragma once

#include <string>

#include "schema/schema.h"

namespace segue::postgres {

// Returns the table that a foreign key of `table` names. A name without a
// schema means the schema of the table itself, whatever the search path is.
schema::TableName Referenced(const schema::TableName& table,
                             const std::string& name);

// Returns the primary key or unique constraint of the index.
schema::Constraint ConstraintOf(const schema::Index& index);

// Returns the text of a constraint of `table`, without NOT VALID. The text is
// the definition of the constraint if it has one; otherwise it is made from the
// structured fields.
std::string ConstraintBody(const schema::TableName& table,
                           const schema::Constraint& constraint);

}  // namespace segue::postgres
