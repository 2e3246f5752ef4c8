// A table that is to be created: it is assembled from its parts, checked
// against the schema, and compared with an existing table of its name.
#pragma once

#include <string>

#include "ops/create_table.h"
#include "planning/operation.h"

namespace segue::ops {

// Returns the table as the database will have it: with native types, with the
// constraints of its columns beside its own, all of them named, and with
// references by the names that tables and columns have in the database.
schema::Table TableDefinition(const CreateTableSpec& spec,
                              const schema::Schema& schema,
                              const db::Language& language);

// Throws Error{kRefused} for the first impossible thing: names that are too
// long or repeated, columns that do not exist, two primary keys.
void RefuseBadDefinition(const CreateTableSpec& spec,
                         const db::Capabilities& capabilities);

// Throws Error{kRefused} when a foreign key of the table refers to something
// that does not exist or is not unique. Claims the columns that it refers to.
void CheckReferences(PlanContext& context, const schema::Table& table);

// Returns a text such as "id bigint not null, name text; primary key (id)".
// Equal texts mean equal definitions; indexes that back no constraint do not
// count.
std::string DefinitionText(const schema::Table& table);

}  // namespace segue::ops
