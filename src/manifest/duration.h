// Parses durations as people write them: "200ms", "1.5s", "10m", "24h", "7d".
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "ops/reader.h"

namespace segue::manifest {

// "0" needs no unit. Throws Error{kUsage} for a text that is no duration.
std::chrono::milliseconds ParseDuration(std::string_view text);

// Returns nullopt when the key is absent. Throws Error{kUsage} when its value
// is no duration.
std::optional<std::chrono::milliseconds> OptionalDuration(
    const ops::Reader& reader, const base::Node& map, const std::string& key);

}  // namespace segue::manifest
