// From a migration and the live schema to a plan: lets the operations write
// down their steps, and renders them.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "db/dialect.h"
#include "segue/migration.h"
#include "segue/plan.h"

namespace segue::engine {

struct PlannerInput {
  const Migration& migration;
  std::string schema_name;
  Access access = Access::kInPlace;
  OnTransformError on_transform_error = OnTransformError::kRefuse;
  std::vector<std::string> live_versions = {};  // published version schemas
  std::chrono::milliseconds lock_budget{500};
};

struct Planned {
  Plan plan;
  std::vector<Finding> findings;  // of the pre-flight checks
};

// Asks the server what only it knows; changes nothing. Throws
// Error{kNotFound, kRefused, ...} for what cannot be planned.
Planned MakePlan(const db::Dialect& dialect, db::Connection& connection,
                 const PlannerInput& input);

// The same without a server, on a schema that was read elsewhere. Where the
// server would have been asked, the plan takes the dearer way, and a note says
// what was not checked. It is to be read, not to be run: the text of a check
// over a column that moves is as the file gives it, which a server would bind
// to where the column lives.
Planned MakePlanOffline(const db::Language& language,
                        const schema::Schema& schema,
                        const PlannerInput& input);

}  // namespace segue::engine
