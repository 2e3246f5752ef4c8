// The migration that a command line names.
#pragma once

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

}  // namespace segue::cli
