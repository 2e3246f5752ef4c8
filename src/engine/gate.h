// Whether something that a contract will drop is in use.
#pragma once

#include <string>
#include <vector>

#include "engine/context.h"

namespace segue::engine {

// Keeps how often everything that will be dropped has been used so far; joins
// the transaction that records "ready".
void RecordUsage(const Context& context, const MigrationRow& row);

// What has been used since then, in words; empty: nothing.
std::vector<std::string> UsedSinceReady(const Context& context,
                                        const MigrationRow& row);

}  // namespace segue::engine
