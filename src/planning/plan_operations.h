// Makes the steps of a plan from the operations of a migration.
#pragma once

#include <vector>

#include "planning/operation.h"

namespace segue::ops {

// Lets the operations plan one after another on `context.schema`, which begins
// as the schema in the database. Adds the steps that belong to no operation:
// the published version, the retired versions, and what has to succeed before
// anything is contracted. Leaves the steps in the order of their phases. Throws
// what the operations throw.
void PlanOperations(PlanContext& context,
                    const std::vector<OperationPtr>& operations);

}  // namespace segue::ops
