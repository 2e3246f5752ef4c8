// A constraint put over the columns of a table that is in use: which actions,
// in which order, so that nobody waits for a scan, and every row that breaks
// it is known before anything is changed.
#pragma once

#include <string>
#include <vector>

#include "planning/constraint_request.h"
#include "planning/motion_steps.h"
#include "planning/table_work.h"

namespace segue::ops {

// "Add check 'adult' to 'users'"
std::string AddConstraintText(const std::string& table,
                              const schema::Constraint& constraint);

// Adds the constraint to the MIGRATING step, behind whatever moves rows, and to
// the shape.
void PlanConstraint(TableWork& work, const ConstraintRequest& request);
// Adds the actions alone.
void PlaceConstraint(TableWork& work, const ConstraintRequest& request);
// Adds to the drop what the constraint needs before its columns are swapped.
void LiftConstraint(TableWork& work, const ConstraintRequest& request);
// Adds to the drop what is left of it behind the swap.
void FinishConstraint(TableWork& work, const ConstraintRequest& request);

// Adds the steps of a motion, and those of the constraints over the columns
// that it fills. Error{kRefused} where the database cannot have one of them.
void PlanWithConstraints(TableWork& work, MotionSteps& motion,
                         const std::vector<ConstraintRequest>& constraints);

}  // namespace segue::ops
