// Migration files: YAML or JSON to a segue::Migration.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "segue/migration.h"

namespace segue::manifest {

// Throws Error{kUsage} naming file, line and key for anything that is not a
// migration, before anything else happens.
Migration LoadFile(const std::string& path);

// All migrations of a directory, in the order of their names: the files that
// end in .yaml, .yml, .json or .sql, without those whose name begins with a
// dot. Throws Error{kUsage} when it cannot be read, when two files have one
// stem, and when any file is no migration, with a note for each.
std::vector<Migration> LoadDirectory(const std::string& directory);

// The text of a file; `filename` gives the id, the format and the messages.
Migration Parse(std::string_view text, const std::string& filename);

}  // namespace segue::manifest
