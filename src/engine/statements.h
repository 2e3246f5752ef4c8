// Statements of a plan as they are executed.
#pragma once

#include <string>

#include "db/connection.h"
#include "plan/planned.h"
#include "segue/plan.h"

namespace segue::engine {

// True when the answer to this SELECT is one true boolean.
bool Holds(db::Connection& connection, const std::string& question);

// True for an action that runs outside a transaction and did happen, whoever
// died before writing it down.
bool HappenedAlone(db::Connection& connection, const PlannedAction& action);

// Executes it, unless its condition says that there is nothing to do. Throws
// Error{kRefused} when it changes another number of rows than the plan expects.
void Execute(db::Connection& connection, const Statement& statement);

}  // namespace segue::engine
