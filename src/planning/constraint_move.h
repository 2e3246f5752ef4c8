// The checks and foreign keys of a column that is replaced, and their copies
// over the column that takes its place.
#pragma once

#include <string>
#include <vector>

#include "planning/constraint_request.h"
#include "planning/table_work.h"

namespace segue::ops {

// One column takes the place of another.
struct ColumnSwap {
  schema::Column old;
  schema::Column target;  // as it will be after the contract
  std::string physical;   // where the target lives until then
};

struct ConstraintMove {
  schema::Constraint original;
  ConstraintRequest request;    // the copy, by the old column's name
  schema::Constraint finished;  // by the new one's
};

// It can have a copy beside it while both columns live.
bool CanMove(const schema::Table& table, const schema::Constraint& constraint,
             const std::string& column);

// Those of the column, but for `leaving`; claims them. `up` fills the new
// column, whose origin stands in `provenance`. Throws Error{kRefused} with the
// server's message when one does not hold over the new type.
std::vector<ConstraintMove> PlanConstraintMoves(TableWork& work,
                                                const ColumnSwap& swap,
                                                const plan::Expression& up,
                                                const std::string& provenance,
                                                const std::string& leaving);

}  // namespace segue::ops
