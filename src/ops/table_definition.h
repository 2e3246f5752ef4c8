// A table that is to be created: put together from its parts, checked against
// the schema it will stand in, and compared with one that is there already.
#pragma once

#include <string>

#include "ops/create_table.h"
#include "planning/operation.h"

namespace segue::ops {

// The table as the database will have it: native types, constraints of its
// columns beside its own, all of them named, references by the names that
// tables and columns have in the database.
schema::Table TableDefinition(const CreateTableSpec& spec,
                              const schema::Schema& schema,
                              const db::Language& language);

// Throws Error{kRefused} with the first thing that cannot be: too long or
// repeated names, columns that are not there, two primary keys.
void RefuseBadDefinition(const CreateTableSpec& spec,
                         const db::Capabilities& capabilities);

// Throws Error{kRefused} when a foreign key of the table refers to something
// that is not there or not unique. Claims the columns referred to.
void CheckReferences(PlanContext& context, const schema::Table& table);

// "id bigint not null, name text; primary key (id)": equal texts mean equal
// definitions. What indexes there are besides constraints does not count.
std::string DefinitionText(const schema::Table& table);

}  // namespace segue::ops
