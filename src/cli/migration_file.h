// The migration that a command line names.
#pragma once

#include <string>
#include <vector>

#include "cli/context.h"
#include "cli/settings.h"
#include "segue/migration.h"

namespace segue::cli {

// Loads FILE; --access and --chunk-time outrank what the file says.
Migration LoadMigration(const Context& context, const Settings& settings);

// The same for every file of the migrations directory.
std::vector<Migration> LoadMigrations(const Context& context,
                                      const Settings& settings);

// The queries of the file that --explain names. Throws Error{kUsage}.
std::vector<std::string> LoadExplained(const Context& context);

}  // namespace segue::cli
