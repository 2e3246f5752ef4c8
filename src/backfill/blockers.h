// Describes the sessions that hold a lock that segue waits for.
#pragma once

#include <string>

#include "db/dialect.h"
#include "segue/database.h"

namespace segue::engine {

// Returns "; held by session 17 (user app, transaction open for 3.2 s): ...".
std::string DescribeBlocker(const db::Session& blocker);

// Returns the table of `schema` that a plan names so ("public.users").
schema::TableName LockedTable(const std::string& schema,
                              const std::string& locked);

// Returns, for each session that holds the lock, a text such as "; held by
// session 17 (user app, psql, transaction open for 3.2 s): SELECT ..."; empty
// when none is known. `locked` is a table as a plan names it ("public.users"),
// or empty for any table that is locked against everybody.
std::string DescribeBlockers(Database& database, const std::string& locked);

}  // namespace segue::engine
