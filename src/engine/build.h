// Statements that run for minutes, and what is told of them meanwhile.
#pragma once

#include <cstddef>

#include "backfill/run_context.h"

namespace segue::engine {

// Executes the action's statements, whose progress its plan says how to see, on
// a thread of their own, so that progress is reported on the thread that runs
// the migration. The first request to stop ends the statement, since there is
// no chunk to finish; the next attempt clears away what it leaves behind.
void ExecuteWatched(const RunContext& context, std::size_t step,
                    std::size_t action);

}  // namespace segue::engine
