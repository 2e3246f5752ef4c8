// The actions of a motion on one table, stage by stage.
#pragma once

#include "planning/shadow.h"

namespace segue::ops {

// Adds the new column and its provenance column. The triggers are added later,
// because those of several motions may read each other's columns.
void AddShadowColumns(TableWork& work, const Shadow& shadow);
void StartShadowSync(TableWork& work, const Shadow& shadow);

// Fills and verifies the new column, and builds the copies of the old column's
// indexes and constraints over it.
void MigrateShadow(TableWork& work, const Shadow& shadow);

// Adds what has to succeed before the contract begins; see
// PlanContext::closing.
void CloseShadow(TableWork& work, const Shadow& shadow);

// Puts an old column that is kept under the new name out of reach, and fills
// copies of what is materialized from one that goes. A motion without an old
// column has nothing that could be undone, so it seals nothing.
void SealShadow(TableWork& work, const Shadow& shadow);

// Drops the triggers of a motion that is not sealed.
void StopShadowSync(TableWork& work, const Shadow& shadow);
// Drops what is not needed any more, after the triggers are gone.
void DropShadow(TableWork& work, const Shadow& shadow);

// Gives the new column what hangs on the old one, where constraints and indexes
// that have comments get their names after DropShadow or SealShadow.
void CarryToShadow(TableWork& work, const Shadow& shadow);

}  // namespace segue::ops
