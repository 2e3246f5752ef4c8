// Finds what logical replication makes of a change: who is told of it, and who
// writes without the triggers.
#pragma once

#include <string>
#include <vector>

#include "db/publication.h"
#include "schema/schema.h"

namespace segue::postgres {

// Returns what is to be appended to ExposureSql: " UNION ALL SELECT ...".
std::string ReplicationSql(const schema::Schema& schema,
                           const std::vector<db::ChangedTable>& changed);

// See db::Language.
std::string PublishedSql(const schema::Schema& schema);

}  // namespace segue::postgres
