// `throttle:` of segue.yaml: which signals slow and stop a backfill, and where.
#pragma once

#include <vector>

#include "ops/reader.h"
#include "segue/pace.h"

namespace segue::manifest {

// Of each signal {soft, hard}, or `off`; of the user's own checks also `query`,
// `url` or `path`, one or a list of them. Throws Error{kUsage}.
std::vector<SignalLimit> ReadThrottle(const ops::Reader& reader);

}  // namespace segue::manifest
