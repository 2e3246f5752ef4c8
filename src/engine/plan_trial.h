// Tries a whole plan before anything is changed.
#pragma once

#include <string>
#include <vector>

#include "engine/context.h"
#include "planner/planner.h"

namespace segue::engine {

// Takes the plan through start, rollback and complete where the dialect can do
// that without touching the user's tables. Throws Error{kRefused} that names
// the step that would fail and what the server says. Returns notes about what
// was not tried.
std::vector<std::string> TryPlan(const Context& context,
                                 const Planned& planned);

}  // namespace segue::engine
