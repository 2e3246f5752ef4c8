// Reads the keys that a migration file and segue.yaml share.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "base/node.h"
#include "ops/reader.h"
#include "segue/pace.h"
#include "segue/plan.h"

namespace segue::manifest {

// Reads `access: in_place | versioned`.
std::optional<Access> ReadAccess(const ops::Reader& reader,
                                 const base::Node& map);
// Reads `on_transform_error: refuse | mark`.
std::optional<OnTransformError> ReadOnTransformError(const ops::Reader& reader,
                                                     const base::Node& map);
// Reads `undo_window: 2h`. The window is of whole seconds; 0 is none.
std::optional<std::chrono::seconds> ReadUndoWindow(const ops::Reader& reader,
                                                   const base::Node& map);
// Reads `keep_versions: true | false | [01_base, ...]`; true is every version,
// and false none.
std::optional<std::vector<std::string>> ReadKeepVersions(
    const ops::Reader& reader, const base::Node& map);
// Each worker has a session of its own, of which a server allows only a limited
// number.
inline constexpr std::int64_t kMostWorkers = 64;

struct BackfillKeys {
  std::optional<std::chrono::milliseconds> chunk_time;
  int workers = 0;   // 0: not given
  PaceOptions pace;  // members not given are 0 or empty
  std::optional<UserTriggers> user_triggers;
};
// Reads `backfill: {chunk_time: 200ms, workers: 2, max_rate: 5000 rows/s,
// window: 22:00-06:00 Europe/Berlin, user_triggers: fire | skip}`.
BackfillKeys ReadBackfill(const ops::Reader& reader);
// Reads a key whose value must be above zero.
std::optional<std::chrono::milliseconds> PositiveDuration(
    const ops::Reader& reader, const base::Node& map, const std::string& key);

}  // namespace segue::manifest
