// The actions that add a constraint over columns of a table that is in use.
// Their order makes sure that no client waits for a scan, and that every row
// that breaks the constraint is known before anything is changed.
#pragma once

#include <string>
#include <vector>

#include "planning/constraint_request.h"
#include "planning/motion_steps.h"
#include "planning/table_work.h"

namespace segue::ops {

// Returns a text such as "Add check 'adult' to 'users'".
std::string AddConstraintText(const std::string& table,
                              const schema::Constraint& constraint);

// Returns a text such as "Check the rows of 'users' against check 'adult'".
std::string ProveConstraintText(const std::string& table,
                                const schema::Constraint& constraint);

// Plans the proof of a constraint that the table has already and that holds for
// new rows only. Claims the constraint's name. Returns false, and plans
// nothing, when there is no such constraint.
bool ProvesExisting(TableWork& work, const ConstraintRequest& request);

// Adds the constraint to the MIGRATING step, after everything that moves rows,
// and to the shape.
void PlanConstraint(TableWork& work, const ConstraintRequest& request);
// Adds the actions, but does not change the shape.
void PlaceConstraint(TableWork& work, const ConstraintRequest& request);
// Adds the actions after which a column of the table, under its name in the
// database, takes no NULL. Adds none when it is so already. Throws
// Error{kRefused} when rows from before may have NULL and nobody has looked.
void ForbidNull(TableWork& work, const std::string& physical);
// Adds to the place what the constraint needs before its columns are swapped.
void LiftConstraint(TableWork& work, const ConstraintRequest& request,
                    Place place);
// Adds to the place what the constraint needs after the swap.
void FinishConstraint(TableWork& work, const ConstraintRequest& request,
                      Place place);

// Adds the steps of a motion, and those of the constraints over the columns
// that it fills. Throws Error{kRefused} when the database cannot have one of
// them.
void PlanWithConstraints(TableWork& work, MotionSteps& motion,
                         const std::vector<ConstraintRequest>& constraints);

}  // namespace segue::ops
