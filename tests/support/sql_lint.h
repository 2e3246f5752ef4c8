// Looks whether the SQL of a stored plan names the schema of every function.
#pragma once

#include <set>
#include <string>

#include "tests/support/test_database.h"

namespace segue::test {

// Returns the functions that the statements of the newest plan in the ledger
// call without a schema; `own` is the text of the user's, whose functions are
// found by the search path. A function of another schema could fit such a call
// better than that of pg_catalog (docs/security.md).
std::set<std::string> UnqualifiedFunctions(TestDatabase& database,
                                           const std::string& own);

}  // namespace segue::test
