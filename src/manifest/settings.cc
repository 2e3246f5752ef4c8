#include "manifest/settings.h"

#include <fmt/format.h>

#include "manifest/duration.h"

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

std::optional<std::chrono::milliseconds> ReadChunkTime(const Reader& reader) {
  const base::Node* backfill = reader.OptionalMap("backfill");
  if (backfill == nullptr) return std::nullopt;
  const Reader keys(*backfill, {"chunk_time", "max_rate", "workers", "window"});
  for (const char* key : {"max_rate", "workers", "window"}) {
    keys.RefuseForNow(key, "");
  }
  return PositiveDuration(keys, *backfill, "chunk_time");
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
