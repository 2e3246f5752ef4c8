// Tries a plan on a copy of the schema in memory.
#pragma once

#include "db/plan_trial.h"

namespace segue::sqlite {

// See db::PlanTrier. The copy has the texts of the whole schema and one row of
// each table that the plan changes.
db::TrialOutcome TryPlan(db::Connection& connection,
                         const db::PlanTrial& trial);

}  // namespace segue::sqlite
