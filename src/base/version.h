// The version of the tool, as history and --version show it.
#pragma once

#include <string_view>

namespace segue::base {

// Returns "0.1.0".
std::string_view Version();

}  // namespace segue::base
