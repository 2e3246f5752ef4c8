// The planner makes a plan from a migration and the live schema: the operations
// draft their steps, and the planner renders them.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "db/dialect.h"
#include "planner/plan_trial.h"
#include "segue/migration.h"
#include "segue/plan.h"

namespace segue::engine {

struct PlannerInput {
  const Migration& migration;
  std::string schema_name;
  Access access = Access::kInPlace;
  OnTransformError on_transform_error = OnTransformError::kRefuse;
  UserTriggers user_triggers = UserTriggers::kFire;
  std::chrono::seconds undo_window{0};
  std::vector<std::string> live_versions = {};  // names of version schemas
  // Those of them that are to live on after the contract.
  std::vector<std::string> kept_versions = {};
  std::chrono::milliseconds lock_budget{500};
  bool for_subscribers = false;  // they are asked for
};

struct Planned {
  Plan plan;
  std::vector<Finding> findings;  // of the pre-flight checks
  // What is tried before the start; nullopt without a server, for a dialect
  // that tries nothing, and for a plan with an error.
  std::optional<PreparedTrial> trial = {};
  // What has to be done on subscribers, if that was asked for.
  std::vector<SubscriberPart> for_subscribers = {};
};

// Takes the views of segue's own versions out of what depends on the tables.
// They are retired before anything is dropped, so no operation has to consider
// them.
void ForgetVersionViews(schema::Schema& schema,
                        const std::vector<std::string>& live_versions);

// Makes a plan. Asks the server questions and changes nothing. Throws
// Error{kNotFound, kRefused, ...} for a migration that cannot be planned.
Planned MakePlan(const db::Dialect& dialect, db::Connection& connection,
                 const PlannerInput& input);

// Makes a plan without a server, on a schema that was read elsewhere. Where the
// planner would ask the server, the plan takes the dearer way, and a note says
// what was not checked. The plan is for reading and not for running: the text
// of a check over a column that moves is the text of the file, which a server
// would bind to the column's new place.
Planned MakePlanOffline(const db::Language& language,
                        const schema::Schema& schema,
                        const PlannerInput& input);

}  // namespace segue::engine
