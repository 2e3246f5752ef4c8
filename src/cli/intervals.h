// Times that only tests change, so that they need not wait as people would.
#pragma once

#include "cli/context.h"
#include "segue/migrator.h"

namespace segue::cli {

// From the environment: SEGUE_LEASE_SECONDS and SEGUE_MONITOR_MS, whole numbers
// above zero. What is not set, or is no such number, stays as it is.
void ReadIntervals(const Context& context, MigratorOptions& options);

}  // namespace segue::cli
