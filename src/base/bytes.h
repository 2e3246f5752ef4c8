// Sizes for people.
#pragma once

#include <cstdint>
#include <string>

namespace segue::base {

// "812 bytes", "37 kB", "1.2 GB"; powers of 1000, two digits where they count.
std::string BytesText(std::int64_t bytes);

}  // namespace segue::base
