// What keeps columns that foreign keys tie together from changing together; see
// key_change.h. Each function throws Error{kRefused} with its name.
#pragma once

#include <vector>

#include "planning/column_swap.h"
#include "planning/index_move.h"
#include "planning/key_change.h"
#include "planning/table_work.h"
#include "planning/tied_columns.h"

namespace segue::ops {

// The database cannot do it, or not while a version is published.
void RefuseUnable(const PlanContext& context, const KeyChangeSpec& spec);
// A foreign key among them cannot have a copy beside it.
void RefuseForeignKeys(const PlanContext& context, const KeyChangeSpec& spec,
                       const Ties& ties);
// Anything else that hangs on the column, or on the table.
void RefuseBesidesTies(const TableWork& work, const schema::Column& old,
                       const Ties& ties);
// A check reads several of the columns of one table.
void RefuseSharedChecks(const TableWork& work,
                        const std::vector<ColumnSwap>& swaps);
// A unique index over one of them has no copy.
void RefuseUncopied(const TableWork& work, const std::vector<ColumnSwap>& swaps,
                    const std::vector<IndexMove>& moves);
// A materialized view reads several of them, as the actions of the seal say.
void RefuseSharedCopies(const KeyChangeSpec& spec,
                        const std::vector<plan::Action>& actions);

}  // namespace segue::ops
