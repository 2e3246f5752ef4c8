// Who holds the lock that is being waited for, in words (R12.3).
#pragma once

#include <string>

#include "segue/database.h"

namespace segue::engine {

// "; held by session 17 (user app, psql, transaction open for 3.2 s): SELECT
// ..." for each, or nothing. `locked` is a table as a plan names it
// ("public.users"); empty: whatever is locked against everybody.
std::string DescribeBlockers(Database& database, const std::string& locked);

}  // namespace segue::engine
