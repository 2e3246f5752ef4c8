// One walk over a table instead of one for each of its motions.
#pragma once

#include "planning/operation.h"

namespace segue::ops {

// Lets the first of several Backfills of one table fill the motions of the
// others too, where none of them reads what another one writes. The steps of
// those others say where their rows are filled.
//
// Called once all operations have planned.
void ShareFills(PlanContext& context);

}  // namespace segue::ops
