// Intervals that only tests change, so that they do not have to wait as long as
// users.
#pragma once

#include "cli/context.h"
#include "segue/migrator.h"

namespace segue::cli {

// Reads SEGUE_LEASE_SECONDS and SEGUE_MONITOR_MS from the environment; both are
// whole numbers above zero. A variable that is missing or is no such number
// changes nothing.
void ReadIntervals(const Context& context, MigratorOptions& options);

}  // namespace segue::cli
