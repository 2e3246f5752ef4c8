// From a migration and the live schema to a plan: asks the server what it must
// know, lets the operations write down their steps, renders them.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "db/dialect.h"
#include "segue/migration.h"
#include "segue/plan.h"

namespace segue::engine {

struct PlannerInput {
  const db::Dialect& dialect;
  db::Connection& connection;  // only asked, nothing is changed
  const Migration& migration;
  std::string schema_name;
  Access access = Access::kInPlace;
  OnTransformError on_transform_error = OnTransformError::kRefuse;
  std::vector<std::string> live_versions;  // published version schemas
  std::chrono::milliseconds lock_budget{500};
};

struct Planned {
  Plan plan;
  std::vector<Finding> findings;  // of the pre-flight checks
};

// Throws Error{kNotFound, kRefused, ...} for what cannot be planned.
Planned MakePlan(const PlannerInput& input);

}  // namespace segue::engine
