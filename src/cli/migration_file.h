// Loads the migration that a command line names.
#pragma once

#include <string>
#include <vector>

#include "cli/context.h"
#include "cli/settings.h"
#include "segue/migration.h"

namespace segue::cli {

// Loads FILE. The options --access and --chunk-time outrank the file.
Migration LoadMigration(const Context& context, const Settings& settings);

// Loads every file of the migrations directory in the same way.
std::vector<Migration> LoadMigrations(const Context& context,
                                      const Settings& settings);

// Returns the queries of the file that --explain names. Throws Error{kUsage}.
std::vector<std::string> LoadExplained(const Context& context);

}  // namespace segue::cli
