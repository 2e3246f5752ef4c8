// The published versions that a migration leaves behind.
#pragma once

#include <string>
#include <vector>

#include "engine/context.h"

namespace segue::engine {

// Returns the schemas of the live versions but the one that the migration leads
// to.
std::vector<std::string> OldVersions(const Context& context,
                                     const MigrationRow& row);

}  // namespace segue::engine
