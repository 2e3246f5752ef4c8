// Execution of statements that run for minutes, and reports of their progress.
#pragma once

#include <cstddef>

#include "backfill/run_context.h"

namespace segue::engine {

// Executes the statements of one action on a thread of their own, while the
// calling thread, which runs the migration, reports the progress that
// PlannedAction::progress reads. The first request to stop ends the statement
// at once, because there is no chunk to finish; the next attempt clears away
// what the statement leaves behind.
void ExecuteWatched(const RunContext& context, std::size_t step,
                    std::size_t action);

}  // namespace segue::engine
