// Finds where other roles could decide what the runner executes.
#pragma once

#include <string>
#include <vector>

#include "db/publication.h"

namespace segue::postgres {

// Returns "WITH RECURSIVE ..., trusted(id) AS (...)": the roles whose rights
// the session's user and role have anyway, and those that have all rights.
std::string TrustedRolesSql();

// See db::Language.
std::string ExposureSql(const std::string& schema_name,
                        const std::vector<db::ChangedTable>& changed,
                        bool versioned);

}  // namespace segue::postgres
