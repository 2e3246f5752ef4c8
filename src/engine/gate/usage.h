// How often queries use what a contract drops, counted from "ready" on.
#pragma once

#include "engine/context.h"

namespace segue::engine {

// Lets what this run itself has read count before that is kept: its own probes
// are no use by others. Outside of a transaction.
void SettleUsage(const Context& context, const MigrationRow& row);

// Keeps how often each object that will be dropped has been used so far. Joins
// the transaction that records "ready".
void RecordUsage(const Context& context, const MigrationRow& row);

}  // namespace segue::engine
