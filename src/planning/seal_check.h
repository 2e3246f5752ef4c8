// What a contract that can be undone must not have (Plan::undo_window).
#pragma once

#include "planning/operation.h"

namespace segue::ops {

// Throws Error{kRefused} with the name of the first step or motion that could
// not be sealed and undone.
void RefuseUnsealable(const PlanContext& context);

}  // namespace segue::ops
