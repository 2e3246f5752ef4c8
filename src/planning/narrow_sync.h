// What a migration's motions do last, before the new version comes.
#pragma once

#include "planning/operation.h"

namespace segue::ops {

// Adds an action to the end of each step that verifies a motion whose triggers
// need not be called from then on for a write of other columns. While there are
// rows to fill, such a write fills its row there and then, because it may move
// it to where the fill has been. And what another trigger writes into a row is
// in no statement, so a motion stays as it is where its table has triggers of
// the user's, or other motions that meet it in a column, or where SQL of the
// user's may create any.
//
// Called once all operations have planned. `live`: the schema as it is.
void NarrowSyncs(PlanContext& context, const schema::Schema& live);

}  // namespace segue::ops
