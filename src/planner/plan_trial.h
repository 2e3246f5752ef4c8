// Makes, of a plan, what a dialect tries before anything is changed.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "db/dialect.h"
#include "db/plan_trial.h"
#include "planning/operation.h"
#include "segue/plan.h"

namespace segue::engine {

// A plan to be tried. Where not everything of it can be, `left_out` says what.
struct PreparedTrial {
  db::PlanTrial trial;
  std::vector<std::string> left_out;
  // What is left out may change what the later steps find, so that a failure
  // proves nothing.
  bool conclusive = true;
};

// Returns nullopt for a dialect that tries nothing. `plan` has the steps of the
// same drafts. `schema` is the schema before the migration.
std::optional<PreparedTrial> PrepareTrial(
    const db::Dialect& dialect, db::Connection& connection,
    const schema::Schema& schema, const ops::PlanContext& context,
    const Plan& plan, std::chrono::milliseconds lock_budget);

}  // namespace segue::engine
