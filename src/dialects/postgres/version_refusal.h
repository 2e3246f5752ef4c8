// A published version that is being taken back.
#pragma once

#include <string>
#include <vector>

#include "db/connection.h"

namespace segue::postgres {

// Puts a view that reads nothing in the place of each view of the version. Both
// functions join the open transaction.
void RefuseVersion(db::Connection& connection,
                   const std::string& version_schema,
                   const std::string& reason);
void RemoveRefused(db::Connection& connection,
                   const std::string& version_schema);
std::vector<std::string> RefusingVersions(db::Connection& connection,
                                          const std::string& schema_name);

// The statements of RefuseVersion, for a version that is there. `anew` makes
// each view anew, which fails when something of somebody else's depends on it.
std::vector<std::string> RefusalSql(const std::string& version,
                                    const std::string& reason, bool anew);
// The statement of RemoveRefused, which is safe to repeat.
std::string RemoveRefusedSql(const std::string& version);
// An expression that is true while the version is there and does not refuse.
std::string IsLiveSql(const std::string& version);

}  // namespace segue::postgres
