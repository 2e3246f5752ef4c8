// Migration files: YAML or JSON to a segue::Migration.
#pragma once

#include <string>
#include <string_view>

#include "segue/migration.h"

namespace segue::manifest {

// Throws Error{kUsage} naming file, line and key for anything that is not a
// migration, before anything else happens.
Migration LoadFile(const std::string& path);

// The text of a file; `filename` gives the id, the format and the messages.
Migration Parse(std::string_view text, const std::string& filename);

}  // namespace segue::manifest
