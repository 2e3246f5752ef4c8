// Everything that is asked before anything is changed.
#pragma once

#include <string>
#include <vector>

#include "engine/context.h"
#include "planner/planner.h"

namespace segue::engine {

// The plan of the migration on the schema as it is; a part of the plan's notes
// says what is folded into it. Waits, as long as MigratorOptions say, for a
// table that is locked against everybody.
Planned PlanFor(const Context& context, const Migration& migration);

// Throws Error{kRefused} with all findings that forbid the migration, and tries
// the expressions on the rows there are; where rows that they fail on are to be
// marked, answers notes that say which.
std::vector<std::string> Preflight(const Context& context,
                                   const Planned& planned);

}  // namespace segue::engine
