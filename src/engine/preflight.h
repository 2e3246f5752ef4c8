// Planning, and the checks that precede any change.
#pragma once

#include <string>
#include <vector>

#include "engine/context.h"
#include "planner/planner.h"

namespace segue::engine {

// Returns the plan of the migration on the schema as it is now; a note of the
// plan names the migrations that are folded into it. Waits, as long as
// MigratorOptions say, for a table that is locked against everybody, and then
// throws Error{kLockTimeout} that names who holds the lock.
Planned PlanFor(const Context& context, const Migration& migration,
                bool for_subscribers = false);

// Throws Error{kRefused} with all findings that forbid the migration.
void RefuseFindings(const Planned& planned);

// Throws as RefuseFindings does, tries the whole plan (see TryPlan), and tries
// the migration's expressions on the rows that the tables have now. Where rows
// on which they fail are to be marked, it returns notes that name these rows
// instead.
std::vector<std::string> Preflight(const Context& context,
                                   const Planned& planned);

}  // namespace segue::engine
