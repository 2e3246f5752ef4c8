// A published version that is being taken back.
#pragma once

#include <string>

#include "db/connection.h"

namespace segue::sqlite {

// Puts a view that reads no table in the place of each view of the version.
// Both functions join the open transaction.
void RefuseVersion(db::Connection& connection,
                   const std::string& version_schema,
                   const std::string& reason);
void RemoveRefused(db::Connection& connection,
                   const std::string& version_schema);

}  // namespace segue::sqlite
