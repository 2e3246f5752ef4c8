#include "manifest/duration.h"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "manifest/amount.h"

namespace segue::manifest {
namespace {

constexpr std::array<std::pair<std::string_view, double>, 5> kUnits = {
    {{"ms", 1}, {"s", 1e3}, {"m", 60e3}, {"h", 3600e3}, {"d", 86400e3}}};

// A year in milliseconds. A longer time is a typing error; the limit is far
// below what a count of milliseconds can hold.
constexpr double kLongest = 366.0 * 86400e3;

std::string NoDuration(std::string_view text) {
  return fmt::format(
      "'{}' is no length of time; write it like 200ms, 1s, 10m, 24h", text);
}

std::optional<std::chrono::milliseconds> TryParse(std::string_view text) {
  const std::optional<Amount> amount = ParseAmount(text);
  if (!amount) return std::nullopt;
  const auto& [number, unit] = *amount;
  if (unit.empty() && number == 0) return std::chrono::milliseconds(0);
  for (const auto& [name, factor] : kUnits) {
    if (unit != name) continue;
    if (number * factor > kLongest) return std::nullopt;
    return std::chrono::milliseconds(
        static_cast<std::int64_t>(number * factor));
  }
  return std::nullopt;
}

}  // namespace

std::chrono::milliseconds ParseDuration(std::string_view text) {
  if (const auto duration = TryParse(text)) return *duration;
  throw Error(ErrorKind::kUsage, NoDuration(text));
}

std::optional<std::chrono::milliseconds> OptionalDuration(
    const ops::Reader& reader, const base::Node& map, const std::string& key) {
  // The value is read like SQL, because a plain 0 is a number in the file but a
  // duration here.
  const std::optional<std::string> text = reader.OptionalSql(key);
  if (!text) return std::nullopt;
  if (const auto duration = TryParse(*text)) return duration;
  throw ops::UsageError(*map.Find(key), NoDuration(*text));
}

}  // namespace segue::manifest
