// The schema of a PostgreSQL database as text, for servers that are newer than
// the installed pg_dump, which refuses them.
#pragma once

#include <string>

#include "tests/support/client.h"

namespace segue::test {

// Returns a line for each object of the user, as the server prints it: its
// definition, owner, privileges and comment. Columns are in the order of the
// table, without their numbers, because a dropped column keeps its own. Those
// of an index have no names, because they keep the ones they were made with.
std::string CatalogText(Client& client);

}  // namespace segue::test
