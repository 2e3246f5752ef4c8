// SHA-256 (FIPS 180-4), for the checksums of applied files.
#pragma once

#include <string>
#include <string_view>

namespace segue::base {

// Returns the digest as 64 lower-case hex digits.
std::string Sha256(std::string_view text);

}  // namespace segue::base
