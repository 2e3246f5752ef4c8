// The TEMP views that make a session see a published version. They have the
// tables' own names and are over the views of the version. Other sessions do
// not see them, and they name nothing that a later step changes, so that a
// session outlives expand and contract.
#pragma once

#include <string>

#include "db/connection.h"

namespace segue::sqlite {

// Returns a script that is safe to repeat. Throws kNotFound when there is no
// such version.
std::string VersionSessionSql(db::Connection& connection,
                              const std::string& version_schema);

// True when the session has run such a script.
bool SeesVersion(db::Connection& connection);

}  // namespace segue::sqlite
