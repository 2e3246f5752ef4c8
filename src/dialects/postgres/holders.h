// SELECTs for PlannedAction::holders.
#pragma once

#include <string>

#include "schema/schema.h"

namespace segue::postgres {

// What of others depends on the column, or on that of a partition, so that it
// cannot be dropped. `of_contract` says that the contract takes the column
// away, too.
std::string ColumnHolders(const schema::TableName& table,
                          const std::string& column, bool of_contract);

// What of others depends on the table or the view as a whole.
std::string RelationHolders(const schema::TableName& relation,
                            const std::string& what);

// What of others depends on the views of the version.
std::string VersionHolders(const std::string& version);

}  // namespace segue::postgres
