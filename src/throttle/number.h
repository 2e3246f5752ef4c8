// Numbers in the answers of servers and of custom checks.
#pragma once

#include <optional>
#include <string_view>

namespace segue::engine {

// Returns the number that the whole text is; nullopt when it is no decimal
// number.
std::optional<double> NumberIn(std::string_view text);

}  // namespace segue::engine
