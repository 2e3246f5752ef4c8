// Triggers that carry the sign of a zero over to the other side of a motion. No
// expression of SQL can tell -0.0 from 0.0, so they go by the column that the
// statement names.
#pragma once

#include <vector>

#include "plan/motion.h"
#include "plan/planned.h"
#include "schema/schema.h"

namespace segue::sqlite {

// Returns CREATE TRIGGER for a motion whose sides are copies of each other and
// keep a zero as it is written; empty for any other. A table with triggers of
// the user's has none either, because these would fire for values that stay as
// they are. `table` is as in CreateTriggers.
std::vector<Statement> SignTriggers(const plan::ColumnMotion& motion,
                                    plan::SyncForm form,
                                    const schema::Table* table);

// Returns DROP TRIGGER IF EXISTS for both.
std::vector<Statement> DropSignTriggers(const plan::ColumnMotion& motion);

}  // namespace segue::sqlite
