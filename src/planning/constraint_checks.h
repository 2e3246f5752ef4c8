// Decides whether a table can have a constraint, from the existing constraints,
// from the database's capabilities, and from the server's answer about a check.
#pragma once

#include <vector>

#include "planning/constraint_request.h"
#include "planning/table_work.h"

namespace segue::ops {

// Returns the server's answer about a check. `columns` are the columns as the
// new version sees them, with the places where they live.
const db::Answer& AnswerOnCheck(const TableWork& work,
                                const schema::Constraint& check,
                                const std::vector<schema::Column>& columns);

// Claims the constraint's name. Returns true, and notes it on the step, when
// the table has this constraint already and every row keeps it. Throws
// Error{kRefused} with both definitions when it has another one of that name,
// and also when rows may break the one that it has.
bool ExistsAlready(TableWork& work, const ConstraintRequest& request);

// Returns the constraint of the table that is the requested one and holds for
// new rows only, because nobody has checked the rows that were there before;
// nullptr when there is none.
const schema::Constraint* UnprovenExisting(TableWork& work,
                                           const ConstraintRequest& request);

// Throws Error{kRefused} when the name is too long or is taken.
void RequireFreeConstraintName(TableWork& work,
                               const schema::Constraint& constraint);

// Throws Error{kRefused} or Error{kNotFound} when the database cannot have the
// constraint, and Error{kRefused} with the server's message when the server
// does not accept it.
void RequirePossible(TableWork& work, const ConstraintRequest& request);

}  // namespace segue::ops
