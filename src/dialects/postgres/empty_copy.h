// Reads what is needed to make tables of a schema again, empty, in another
// schema.
#pragma once

#include <string>
#include <vector>

#include "db/connection.h"

namespace segue::postgres {

// The name of a publication in the copy is this and the name of the original.
inline constexpr const char* kPublicationPrefix = "segue_trial_of_";

// Returns the statements that create these tables in the first schema of the
// search path, with their indexes, constraints, replica identities, triggers,
// rules, policies, publications, partitions and parents, and with the views
// that show them. The tables to which their foreign keys lead, or which those
// views read, come without any of that but their keys. A table of another
// schema gets a name of its own. The names that the statements have are those
// of `schema`, without it; those of other schemas have theirs.
//
// It reads the catalogue only, and no lock on a table outlives it. Must not be
// called within a transaction.
std::vector<std::string> EmptyCopySql(db::Connection& connection,
                                      const std::string& schema,
                                      const std::vector<std::string>& tables,
                                      int major);

}  // namespace segue::postgres
