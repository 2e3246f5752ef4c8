// What an application has to be told to see a version, and where.
#pragma once

#include <string>
#include <vector>

#include "segue/versions.h"

namespace segue::report {

// The client libraries and poolers for which there is a recipe.
std::vector<std::string> RecipeNames();

// Throws Error{kUsage} for the base schema, and on a database whose sessions
// need a script and no setting.
std::string RecipeText(const std::string& client, const VersionAccess& access);

}  // namespace segue::report
