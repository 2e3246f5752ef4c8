#include <fmt/format.h>

#include <cmath>
#include <cstdint>

#include "segue/progress.h"

namespace segue {

std::string FormatDuration(double seconds) {
  // A duration beyond a hundred years is no estimate any more.
  constexpr double kEndless = 100.0 * 365 * 24 * 3600;
  if (!(seconds >= 0) || seconds > kEndless) return "unknown";
  const std::int64_t total = std::llround(seconds);
  const std::int64_t minutes = total / 60;
  const std::int64_t hours = minutes / 60;
  if (minutes == 0) return fmt::format("{} s", total);
  if (hours == 0) return fmt::format("{} min {} s", minutes, total % 60);
  if (hours < 24) return fmt::format("{} h {} min", hours, minutes % 60);
  return fmt::format("{} d {} h", hours / 24, hours % 24);
}

}  // namespace segue
