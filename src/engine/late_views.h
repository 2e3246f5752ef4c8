// Views of a version that are rendered when SQL of the user's has run.
#pragma once

#include <cstddef>

#include "engine/context.h"
#include "engine/transitions.h"

namespace segue::engine {

// Renders what a step publishes from the database as it is now, and stores that
// in the plan, before the step runs. Does nothing for a step that was planned
// for good, or that has run.
void RenderLateViews(const Context& context, Transitions& transitions,
                     MigrationRow& row, std::size_t step);

}  // namespace segue::engine
