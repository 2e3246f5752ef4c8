// Amends the stored plan before its contract: what others have made meanwhile
// on a column that goes is copied to the column that takes its place.
#pragma once

#include <vector>

#include "engine/inventory.h"
#include "engine/run_parts.h"
#include "engine/transitions.h"

namespace segue::engine {

// True for what others have made on a column in whose place nothing comes, and
// goes with it.
bool AllGoes(const MigrationRow& row, const Change& change);

// Throws Error{kRefused} that names all of these changes, when one of them is
// about something that neither goes nor can be copied.
void RefuseUnsupplied(const MigrationRow& row, std::vector<Change> changes);

// Plans, records, tells and runs the copies until nothing has changed since, at
// most three times. Throws Error{kRefused} with the names of what cannot be
// copied, and of what still changes after that.
void CatchUp(const Context& context, Transitions& transitions,
             MigrationRow& row, RunParts& parts);

}  // namespace segue::engine
