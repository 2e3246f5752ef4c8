// Lets several motions of a table share one walk.
#pragma once

#include "planning/operation.h"

namespace segue::ops {

// Lets the first of several Backfills of one table also fill the motions of the
// others, where none of them reads what another one writes. The steps of the
// others say where their rows are filled.
//
// Called after all operations have planned.
void ShareFills(PlanContext& context);

}  // namespace segue::ops
