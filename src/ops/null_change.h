// The part of alter_column that allows or forbids NULL in a column that stays
// where it is, without a second column beside it.
#pragma once

#include <optional>

#include "ops/column_alteration.h"
#include "planning/table_work.h"

namespace segue::ops {

// Returns the column as it is when the contract begins. Returns nullopt, and
// plans nothing, when the change is another one, or when each version needs a
// column of its own.
std::optional<schema::Column> PlanNullInPlace(TableWork& work,
                                              const AlterColumnSpec& spec,
                                              const schema::Column& old,
                                              const ColumnAlteration& change);

}  // namespace segue::ops
