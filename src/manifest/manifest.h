// Reads migration files, YAML or JSON, into a segue::Migration.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "segue/migration.h"

namespace segue::manifest {

// Throws Error{kUsage}, which names file, line and key, for a file that is no
// migration, before anything else happens.
Migration LoadFile(const std::string& path);

// Returns all migrations of a directory, in the order of their names: the files
// that end in .yaml, .yml, .json or .sql and do not begin with a dot. Throws
// Error{kUsage} when the directory cannot be read, when two files have the same
// stem, and when any file is no migration, with a note for each file.
std::vector<Migration> LoadDirectory(const std::string& directory);

// Parses the text of a file. `filename` determines the id, the format and the
// place in messages.
Migration Parse(std::string_view text, const std::string& filename);

}  // namespace segue::manifest
