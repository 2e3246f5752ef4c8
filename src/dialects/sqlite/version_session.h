// What makes a session see a published version: TEMP views of the tables' own
// names over its views. Other sessions do not see them, and they name nothing
// that a later step changes, so that a session outlives expand and contract.
#pragma once

#include <string>

#include "db/connection.h"

namespace segue::sqlite {

// A script; safe to repeat. Throws kNotFound when there is no such version.
std::string VersionSessionSql(db::Connection& connection,
                              const std::string& version_schema);

// Whether the session has run one.
bool SeesVersion(db::Connection& connection);

}  // namespace segue::sqlite
