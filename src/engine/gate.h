// The gate of a contract: it refuses to drop an object that queries still use.
#pragma once

#include <string>
#include <vector>

#include "engine/context.h"

namespace segue::engine {

// Keeps how often each object that will be dropped has been used so far. Joins
// the transaction that records "ready".
void RecordUsage(const Context& context, const MigrationRow& row);

// Returns, in words, what has been used since "ready" was recorded; empty when
// nothing was.
std::vector<std::string> UsedSinceReady(const Context& context,
                                        const MigrationRow& row);

}  // namespace segue::engine
