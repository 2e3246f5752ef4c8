#include "cli/intervals.h"

#include <charconv>

namespace segue::cli {

namespace {

std::optional<std::int64_t> Positive(const Context& context,
                                     const std::string& name) {
  const std::optional<std::string> text = context.around.variable(name);
  if (!text) return std::nullopt;
  std::int64_t number = 0;
  const auto [end, failure] =
      std::from_chars(text->data(), text->data() + text->size(), number);
  const bool whole =
      failure == std::errc() && end == text->data() + text->size();
  if (!whole || number <= 0) return std::nullopt;
  return number;
}

}  // namespace

void ReadIntervals(const Context& context, MigratorOptions& options) {
  if (const auto seconds = Positive(context, "SEGUE_LEASE_SECONDS")) {
    options.lease = std::chrono::seconds(*seconds);
  }
  if (const auto time = Positive(context, "SEGUE_MONITOR_MS")) {
    options.pace.reading_interval = std::chrono::milliseconds(*time);
  }
}

}  // namespace segue::cli
