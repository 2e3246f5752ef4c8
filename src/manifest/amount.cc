#include "manifest/amount.h"

#include <array>
#include <charconv>
#include <utility>

#include "base/text.h"
#include "segue/error.h"

namespace segue::manifest {
namespace {

constexpr std::array<std::pair<std::string_view, double>, 10> kSizes = {
    {{"", 1},
     {"b", 1},
     {"kb", 1e3},
     {"mb", 1e6},
     {"gb", 1e9},
     {"tb", 1e12},
     {"kib", 1024.0},
     {"mib", 1024.0 * 1024},
     {"gib", 1024.0 * 1024 * 1024},
     {"tib", 1024.0 * 1024 * 1024 * 1024}}};

// Returns false when the text is no rate.
bool ReadOne(std::string_view text, PaceOptions& pace) {
  constexpr std::string_view kPerSecond = "/s";
  text = base::Trim(text);
  if (text.size() < kPerSecond.size() ||
      text.substr(text.size() - kPerSecond.size()) != kPerSecond) {
    return false;
  }
  const std::string_view amount =
      text.substr(0, text.size() - kPerSecond.size());
  const auto parsed = ParseAmount(amount);
  if (!parsed || parsed->number <= 0) return false;
  double* target = &pace.bytes_per_second;
  std::optional<double> value;
  if (parsed->unit == "rows" || parsed->unit == "row") {
    target = &pace.rows_per_second;
    value = parsed->number;
  } else if (!parsed->unit.empty()) {
    value = ParseSize(amount);
  }
  if (!value || *target > 0) return false;
  *target = *value;
  return true;
}

}  // namespace

std::optional<Amount> ParseAmount(std::string_view text) {
  text = base::Trim(text);
  double number = 0;
  const char* end = text.data() + text.size();
  const auto [at, error] =
      std::from_chars(text.data(), end, number, std::chars_format::fixed);
  if (error != std::errc() || !(number >= 0)) return std::nullopt;
  const std::string_view unit(at, static_cast<std::size_t>(end - at));
  return Amount{number, std::string(base::Trim(unit))};
}

std::optional<double> ParseSize(std::string_view text) {
  const auto amount = ParseAmount(text);
  if (!amount) return std::nullopt;
  const std::string unit = base::ToLower(amount->unit);
  for (const auto& [name, factor] : kSizes) {
    if (unit == name) return amount->number * factor;
  }
  return std::nullopt;
}

void ParseRate(const std::string& text, PaceOptions& pace) {
  PaceOptions read;
  for (const std::string& part : base::Split(text, ',')) {
    if (ReadOne(part, read)) continue;
    throw Error(ErrorKind::kUsage,
                "'" + text +
                    "' is no rate; write it like 5000 rows/s, 20MB/s or "
                    "'5000 rows/s, 20MB/s'");
  }
  pace.rows_per_second = read.rows_per_second;
  pace.bytes_per_second = read.bytes_per_second;
}

}  // namespace segue::manifest
