// Roles of a server, which other tests use too.
#pragma once

#include <string>

#include "tests/support/test_database.h"

namespace segue::test {

// Creates a role that may log in, with these further attributes, unless it is
// there.
void CreateRole(TestDatabase& database, const std::string& name,
                const std::string& more = "");

}  // namespace segue::test
