// The checks and foreign keys of a column that is replaced, and their copies
// over the column that takes its place.
#pragma once

#include <string>
#include <vector>

#include "planning/column_swap.h"
#include "planning/constraint_request.h"
#include "planning/table_work.h"

namespace segue::ops {

struct ConstraintMove {
  schema::Constraint original;
  ConstraintRequest request;    // the copy, by the old column's name
  schema::Constraint finished;  // the copy, by the new column's name
};

// True when the constraint can have a copy beside it while both columns are
// live.
bool CanMove(const schema::Table& table, const schema::Constraint& constraint,
             const std::string& column);

// Plans the copies of the column's constraints, except for those of `leaving`,
// and claims the constraints. `up` fills the new column, and `provenance` is
// the column that records the origin of its values. Throws Error{kRefused} with
// the server's message when a constraint does not hold over the new type.
std::vector<ConstraintMove> PlanConstraintMoves(
    TableWork& work, const ColumnSwap& swap, const plan::Expression& up,
    const std::string& provenance, const std::vector<std::string>& leaving);

// Adds to the place what gives the copies the names of their originals.
void NameConstraints(TableWork& work, const std::vector<ConstraintMove>& moves,
                     Place place);

}  // namespace segue::ops
