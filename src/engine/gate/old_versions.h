// The published versions that a migration leaves behind, and those that live on
// after its contract.
#pragma once

#include <string>
#include <vector>

#include "engine/context.h"

namespace segue::engine {

// Returns the schemas of the live versions but the one that the migration leads
// to and those that live on.
std::vector<std::string> OldVersions(const Context& context,
                                     const MigrationRow& row);
// Returns the names of the versions that live on, and their schemas.
std::vector<std::string> LivingOn(const Context& context,
                                  const MigrationRow& row);

}  // namespace segue::engine
