// Which file of the migrations directory a user means.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "cli/context.h"
#include "cli/settings.h"

namespace segue::cli {

// Returns the file itself; or the file of that name in the migrations
// directory, where the ending .yaml, .yml or .json may be left out; or the only
// one there whose name has this number in front, or else this text in it.
// Throws Error{kUsage}, which lists those that fit.
std::filesystem::path FindMigration(const Context& context,
                                    const Settings& settings,
                                    const std::string& name);

// Returns the names of the migrations in a directory, without their endings.
std::vector<std::string> MigrationsIn(const std::filesystem::path& folder);

}  // namespace segue::cli
