// Whether a table can have a constraint: what is there already, what the
// database takes, and what the server says about a check.
#pragma once

#include <vector>

#include "planning/constraint_request.h"
#include "planning/table_work.h"

namespace segue::ops {

// What the server says about a check. `columns`: as the new version sees them,
// with where they live.
const db::Answer& AnswerOnCheck(const TableWork& work,
                                const schema::Constraint& check,
                                const std::vector<schema::Column>& columns);

// Claims the constraint's name. True when the table has it already (the step
// notes it); Error{kRefused} with both definitions when it is another one.
bool ExistsAlready(TableWork& work, const ConstraintRequest& request);

// Error{kRefused} when the name is too long or taken.
void RequireFreeConstraintName(TableWork& work,
                               const schema::Constraint& constraint);

// Throws Error{kRefused} or Error{kNotFound} when the database cannot have it,
// and Error{kRefused} with the server's message when it does not take it.
void RequirePossible(TableWork& work, const ConstraintRequest& request);

}  // namespace segue::ops
