// Reads `throttle:` of segue.yaml: the signals that slow and stop a backfill,
// and their limits.
#pragma once

#include <vector>

#include "ops/reader.h"
#include "segue/pace.h"

namespace segue::manifest {

// Reads {soft, hard} or `off` for each signal, and for custom checks also
// `query`, `url` or `path`, one or a list of them. Throws Error{kUsage}.
std::vector<SignalLimit> ReadThrottle(const ops::Reader& reader);

}  // namespace segue::manifest
