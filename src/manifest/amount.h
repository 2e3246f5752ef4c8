// Parses sizes and rates as people write them: "20MB", "5000 rows/s", "20MB/s".
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "segue/pace.h"

namespace segue::manifest {

// A number without a sign, and the text after it, trimmed; nullopt when there
// is no number.
struct Amount {
  double number = 0;
  std::string unit;
};
std::optional<Amount> ParseAmount(std::string_view text);

// Parses bytes. kB, MB, GB and TB are powers of 1000; KiB, MiB, GiB and TiB are
// powers of 1024. A number alone means bytes.
std::optional<double> ParseSize(std::string_view text);

// Parses "5000 rows/s", "20MB/s", or both with a comma between them, and sets
// rows_per_second and bytes_per_second. Throws Error{kUsage}.
void ParseRate(const std::string& text, PaceOptions& pace);

}  // namespace segue::manifest
