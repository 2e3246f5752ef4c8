// Roles with which an application logs in to see a version. A pooler can drop
// what a URL or a session says; it cannot drop who logs in.
#pragma once

#include <string>
#include <vector>

#include "db/dialect.h"

namespace segue::postgres {

// As db::Dialect::LoginRoleSql and LoginRoles.
std::vector<std::string> LoginRoleSql(db::Connection& connection,
                                      const db::LoginRole& role);
std::vector<db::LoginRole> LoginRoles(db::Connection& connection,
                                      const std::string& schema_name);

}  // namespace segue::postgres
