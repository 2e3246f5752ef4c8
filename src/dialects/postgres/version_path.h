// Where a session that sees a version finds names without a schema.
#pragma once

#include <string>
#include <vector>

#include "db/connection.h"

namespace segue::postgres {

// Splits a search_path as the server does: names are folded unless they are
// quoted.
std::vector<std::string> SplitPath(const std::string& path);

// Returns the search_path with which a role begins a session in this database;
// an empty `role` is the one that is logged in, with the options of its URL.
// "$user" is left out where it leads to no schema.
std::vector<std::string> OwnPath(db::Connection& connection,
                                 const std::string& role);

// Returns the path to a version: its schema before the session's own path, with
// the base schema in it. Returns an empty path for the base schema, which is
// meant by an empty version, if the session's own path finds it first.
std::vector<std::string> PathTo(const std::string& version_schema,
                                const std::string& schema_name,
                                std::vector<std::string> own);

}  // namespace segue::postgres
