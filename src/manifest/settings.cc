#include "manifest/settings.h"

#include <fmt/format.h>

#include "base/window.h"
#include "manifest/amount.h"
#include "manifest/duration.h"
#include "segue/error.h"

namespace segue::manifest {

using ops::Reader;
using ops::UsageError;

std::optional<Access> ReadAccess(const Reader& reader, const base::Node& map) {
  const std::optional<std::string> text = reader.OptionalString("access");
  if (!text) return std::nullopt;
  if (*text == ToString(Access::kInPlace)) return Access::kInPlace;
  if (*text == ToString(Access::kVersioned)) return Access::kVersioned;
  throw UsageError(
      *map.Find("access"),
      fmt::format("unknown access '{}'{}; known are in_place, "
                  "versioned",
                  *text, ops::NearestSuffix(*text, {"in_place", "versioned"})));
}

std::optional<OnTransformError> ReadOnTransformError(const Reader& reader,
                                                     const base::Node& map) {
  const std::optional<std::string> text =
      reader.OptionalString("on_transform_error");
  if (!text) return std::nullopt;
  for (const auto what : {OnTransformError::kRefuse, OnTransformError::kMark}) {
    if (*text == ToString(what)) return what;
  }
  throw UsageError(
      *map.Find("on_transform_error"),
      fmt::format("unknown value '{}'; known are refuse, mark", *text));
}

std::optional<std::chrono::seconds> ReadUndoWindow(const Reader& reader,
                                                   const base::Node& map) {
  const auto window = OptionalDuration(reader, map, "undo_window");
  if (!window) return std::nullopt;
  const auto seconds =
      std::chrono::duration_cast<std::chrono::seconds>(*window);
  if (seconds != *window) {
    throw UsageError(*map.Find("undo_window"),
                     "undo_window is counted in whole seconds");
  }
  return seconds;
}

std::optional<std::vector<std::string>> ReadKeepVersions(
    const Reader& reader, const base::Node& map) {
  const base::Node* value = map.Find("keep_versions");
  if (value == nullptr || value->is_null()) return std::nullopt;
  if (value->is_scalar()) {
    const bool all = reader.OptionalBool("keep_versions").value_or(false);
    return all ? std::vector<std::string>{kEveryVersion}
               : std::vector<std::string>{};
  }
  std::vector<std::string> names;
  for (const base::Node& item : reader.OptionalList("keep_versions")->items) {
    if (!item.is_scalar() || item.scalar.empty()) {
      throw UsageError(item, "expected the name of a version");
    }
    names.push_back(item.scalar);
  }
  return names;
}

namespace {

int ReadWorkers(const Reader& reader, const base::Node& map) {
  const std::optional<int> count = reader.OptionalCount("workers");
  if (!count) return 0;
  if (*count < 1 || *count > kMostWorkers) {
    throw UsageError(*map.Find("workers"),
                     fmt::format("'{}' must be a number from 1 to {}", *count,
                                 kMostWorkers));
  }
  return *count;
}

std::optional<UserTriggers> ReadUserTriggers(const Reader& reader,
                                             const base::Node& map) {
  const std::optional<std::string> text =
      reader.OptionalString("user_triggers");
  if (!text) return std::nullopt;
  for (const auto what : {UserTriggers::kFire, UserTriggers::kSkip}) {
    if (*text == ToString(what)) return what;
  }
  throw UsageError(
      *map.Find("user_triggers"),
      fmt::format("unknown value '{}'; known are fire, skip", *text));
}

// Puts the place of the key in front of the error that `parse` throws.
template <typename Parse>
void At(const base::Node& node, const Parse& parse) {
  try {
    parse();
  } catch (const Error& error) {
    throw UsageError(node, error.what()).WithHint(error.hint());
  }
}

}  // namespace

BackfillKeys ReadBackfill(const Reader& reader) {
  BackfillKeys keys;
  const base::Node* backfill = reader.OptionalMap("backfill");
  if (backfill == nullptr) return keys;
  const Reader map(*backfill, {"chunk_time", "max_rate", "workers", "window",
                               "user_triggers"});
  keys.chunk_time = PositiveDuration(map, *backfill, "chunk_time");
  keys.workers = ReadWorkers(map, *backfill);
  keys.user_triggers = ReadUserTriggers(map, *backfill);
  if (const auto rate = map.OptionalSql("max_rate")) {
    At(*backfill->Find("max_rate"), [&] { ParseRate(*rate, keys.pace); });
  }
  if (const auto window = map.OptionalString("window")) {
    At(*backfill->Find("window"), [&] { base::Window::Parse(*window); });
    keys.pace.window = *window;
  }
  return keys;
}

std::optional<std::chrono::milliseconds> PositiveDuration(
    const Reader& reader, const base::Node& map, const std::string& key) {
  const auto duration = OptionalDuration(reader, map, key);
  if (duration && duration->count() == 0) {
    throw UsageError(*map.Find(key), "must be above zero");
  }
  return duration;
}

}  // namespace segue::manifest
