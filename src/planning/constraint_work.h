// A constraint put over the columns of a table that is in use: which actions,
// in which order, so that nobody waits for a scan, and every row that breaks
// it is known before anything is changed.
#pragma once

#include <string>
#include <vector>

#include "planning/table_work.h"

namespace segue::ops {

// "Add check 'adult' to 'users'"
std::string AddConstraintText(const std::string& table,
                              const schema::Constraint& constraint);

// What the server says about a check. `columns`: as the new version sees them,
// with where they live.
const db::Answer& AnswerOnCheck(const TableWork& work,
                                const schema::Constraint& check,
                                const std::vector<schema::Column>& columns);

struct ConstraintRequest {
  schema::Constraint constraint;        // by the new version's names
  std::vector<schema::Column> columns;  // as the new version sees them
  // What columns that are filled by a motion will hold.
  std::vector<plan::ConstraintTrial::Value> filled;
  // The provenance columns of those motions.
  std::vector<std::string> provenance;
  // Its name until the contract, where another constraint has its own.
  std::string placed_as = {};
};

// Claims the constraint's name. True when the table has it already (the step
// notes it); Error{kRefused} with both definitions when it is another one.
bool ExistsAlready(TableWork& work, const ConstraintRequest& request);

// Error{kRefused} when the name is too long or taken.
void RequireFreeConstraintName(TableWork& work,
                               const schema::Constraint& constraint);

// Throws Error{kRefused} or Error{kNotFound} when the database cannot have it,
// and Error{kRefused} with the server's message when it does not take it.
void RequirePossible(TableWork& work, const ConstraintRequest& request);

// Adds it to the MIGRATING step, behind whatever moves rows, and to the shape.
void PlanConstraint(TableWork& work, const ConstraintRequest& request);
// The actions alone.
void PlaceConstraint(TableWork& work, const ConstraintRequest& request);
// What is left of it for the contract, behind the swap.
void FinishConstraint(TableWork& work, const ConstraintRequest& request);
// Before the swap.
void LiftConstraint(TableWork& work, const ConstraintRequest& request);

}  // namespace segue::ops
