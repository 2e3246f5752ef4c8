// Narrows the triggers of a migration's motions before the new version is
// published.
#pragma once

#include "planning/operation.h"

namespace segue::ops {

// Adds an action to the end of each step that verifies a motion. The action
// narrows the motion's triggers, so that a write of other columns does not call
// them any more. While there are rows to fill, such a write has to fill its row
// at once, because it may move the row behind the position of the fill. A
// motion keeps its wide triggers when its table has triggers of the user's,
// other motions that use the same column, or SQL of the user's that may create
// triggers, because no statement shows what another trigger writes into a row.
//
// Called after all operations have planned. `live` is the schema in the
// database.
void NarrowSyncs(PlanContext& context, const schema::Schema& live);

}  // namespace segue::ops
