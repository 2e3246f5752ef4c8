// Numbers as servers and people's checks answer them.
#pragma once

#include <optional>
#include <string_view>

namespace segue::engine {

// The text as a whole; nullopt when it is no decimal number.
std::optional<double> NumberIn(std::string_view text);

}  // namespace segue::engine
