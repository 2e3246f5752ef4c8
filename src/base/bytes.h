// Sizes as people write them.
#pragma once

#include <cstdint>
#include <string>

namespace segue::base {

// Returns "812 bytes", "37 kB" or "1.2 GB", in powers of 1000. A size below ten
// units has one decimal.
std::string BytesText(std::int64_t bytes);

}  // namespace segue::base
