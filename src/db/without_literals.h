// What may be shown of another session's statement.
#pragma once

#include <string>
#include <string_view>

namespace segue::db {

// Returns the statement with "?" in the place of each string and number, and
// without its comments: they are the data of somebody else. The statement may
// be cut off at any place.
std::string WithoutLiterals(std::string_view sql);

}  // namespace segue::db
