// From the operations of a migration to the steps of its plan.
#pragma once

#include <vector>

#include "planning/operation.h"

namespace segue::ops {

// Lets the operations plan one after another on `context.schema`, which begins
// as the schema in the database, and adds the steps that are none of theirs:
// the published version, the retired ones, what has to succeed before anything
// is contracted. Leaves the steps in the order of their phases. Throws what the
// operations throw.
void PlanOperations(PlanContext& context,
                    const std::vector<OperationPtr>& operations);

}  // namespace segue::ops
