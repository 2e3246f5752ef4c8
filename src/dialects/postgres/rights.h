// The privileges that a migration needs besides the ownership of its tables.
// Each function returns a SELECT of two texts: what the session's role may not
// do, and what helps.
#pragma once

#include <string>

#include "db/language.h"
#include "plan/action.h"

namespace segue::postgres {

// See db::Language. An empty schema name leaves out the schema.
std::string RightsSql(const std::string& schema_name);
std::string LedgerRightsSql();

// Returns what the action needs; empty: nothing more.
std::string RightsSql(const plan::Action& action,
                      const db::RenderContext& context);

// Throws Error{kRefused}, with the statement that helps, when the role may not
// create temporary objects, which most questions to the server need.
void RequireTemporary(db::Connection& connection);

}  // namespace segue::postgres
