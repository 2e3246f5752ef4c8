// A published version that nobody may use, until an undo or the drop.
#pragma once

#include <string>

namespace segue::postgres {

// Takes the privileges on the views away, and keeps the statements that give
// them back in a function of the version's schema. Both are safe to repeat.
std::string SealVersionSql(const std::string& version);
std::string UnsealVersionSql(const std::string& version);

}  // namespace segue::postgres
