// Finds the rows that a constraint which is to come would refuse.
#pragma once

#include <optional>

#include "db/language.h"
#include "plan/action.h"

namespace segue::postgres {

// Only the trial and what walks the table for it. nullopt where nothing can be
// tried: no trial is wanted, or a table that is referenced is yet to be made.
std::optional<TrialSql> ConstraintTrialSql(
    const schema::TableName& table,
    const std::optional<plan::ConstraintTrial>& trial,
    const db::RenderContext& context);

}  // namespace segue::postgres
