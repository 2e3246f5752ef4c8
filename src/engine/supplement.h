// Amends the stored plan before its contract: what others have made meanwhile
// on a column that goes is copied to the column that takes its place.
#pragma once

#include "engine/run_parts.h"
#include "engine/transitions.h"

namespace segue::engine {

// Plans, records, tells and runs the copies until nothing has changed since, at
// most three times. Throws Error{kRefused} with the names of what cannot be
// copied, and of what still changes after that.
void CatchUp(const Context& context, Transitions& transitions,
             MigrationRow& row, RunParts& parts);

}  // namespace segue::engine
