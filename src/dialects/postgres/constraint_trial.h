// Finds the rows that a future constraint would refuse.
#pragma once

#include <optional>

#include "db/language.h"
#include "plan/action.h"

namespace segue::postgres {

// Returns the trial with the walk that it needs. Returns nullopt when nothing
// can be tried: no trial is wanted, or the migration has yet to create the
// table, one of the columns or a referenced table.
std::optional<TrialSql> ConstraintTrialSql(
    const schema::TableName& table,
    const std::optional<plan::ConstraintTrial>& trial,
    const db::RenderContext& context);

}  // namespace segue::postgres
