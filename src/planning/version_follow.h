// The views of published versions, where their tables change in place.
#pragma once

#include <vector>

#include "planning/operation.h"
#include "schema/schema.h"

namespace segue::ops {

// Adds the actions that let the views of PlanContext::followed show what the
// base schema shows: an added column, at the end of its view, together with the
// column, and the new shape at the contract. `before` is the schema without the
// migration. Called once every step is there, in the order in which they run.
// Throws Error{kRefused} for an operation, or a view, that this is not right
// for.
void FollowInVersions(const schema::Schema& before,
                      const std::vector<OperationPtr>& operations,
                      PlanContext& context);

// Returns the step without these actions.
DraftStep WithoutReshapes(DraftStep step);  // without_reshapes.cc

}  // namespace segue::ops
