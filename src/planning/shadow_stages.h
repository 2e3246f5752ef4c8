// The actions of a motion on one table, stage by stage.
#pragma once

#include "planning/shadow.h"

namespace segue::ops {

// Adds the new column and its provenance. The triggers are not there yet, since
// those of several motions may read each other's columns.
void AddShadowColumns(TableWork& work, const Shadow& shadow);
void StartShadowSync(TableWork& work, const Shadow& shadow);

// Fills the new column, proves it, and builds what the old one has over it.
void MigrateShadow(TableWork& work, const Shadow& shadow);

// What has to succeed before the contract begins: see PlanContext::closing.
void CloseShadow(TableWork& work, const Shadow& shadow);

// Puts the old column out of reach where it is kept under the new name;
// otherwise there is nothing that could be undone.
void SealShadow(TableWork& work, const Shadow& shadow);

// Ends the triggers of a motion that is not sealed.
void StopShadowSync(TableWork& work, const Shadow& shadow);
// Takes away what is not needed any more, once the triggers have ended.
void DropShadow(TableWork& work, const Shadow& shadow);

}  // namespace segue::ops
