// Tries a plan on empty copies of its tables, in a transaction that is rolled
// back.
#pragma once

#include <string>

#include "db/plan_trial.h"

namespace segue::postgres {

// See db::PlanTrier. The place is a schema that only this session uses. For a
// role that may not create one it is the session's own schema of temporary
// tables.
std::string TrialPlace(db::Connection& connection);
db::TrialOutcome TryPlan(db::Connection& connection,
                         const db::PlanTrial& trial);

}  // namespace segue::postgres
