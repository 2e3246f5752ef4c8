// Finds what the session's role may not do although the plan does it, and what
// others may do to it.
#pragma once

#include <string>
#include <vector>

#include "db/dialect.h"
#include "segue/plan.h"

namespace segue::engine {

// Returns a finding for each row of the SELECT; see db::Language::RightsSql.
// None for an empty text.
std::vector<Finding> MissingRights(db::Connection& connection,
                                   const std::string& rights_sql,
                                   const Source& source);

// Returns those of the plan's actions, each once.
std::vector<Finding> MissingRights(db::Connection& connection,
                                   const Plan& plan);

// Returns a finding for each row of the SELECT; see db::Language::ExposureSql.
// None for an empty text.
std::vector<Finding> Exposures(db::Connection& connection,
                               const std::string& exposure_sql,
                               bool subscribers_prepared);

}  // namespace segue::engine
