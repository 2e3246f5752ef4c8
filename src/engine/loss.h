// The last look of an undo before it commits.
#pragma once

#include <cstddef>

#include "backfill/run_context.h"

namespace segue::engine {

// Throws Error{kMismatch} over rows that the old shape cannot hold, as these
// actions of a seal and the motions of the plan tell. It runs in the
// transaction that undoes the actions, which has the locks by then.
void LookForLoss(const RunContext& context, std::size_t step, std::size_t begin,
                 std::size_t end);

}  // namespace segue::engine
