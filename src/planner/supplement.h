// Plans what the contract of a stored plan lacks, because others have made it
// since the plan was made. A plan is never made again otherwise.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "db/dialect.h"
#include "planning/supplement.h"
#include "segue/plan.h"

namespace segue::engine {

struct SupplementInput {
  std::string schema_name;
  std::chrono::milliseconds lock_budget{500};
  ops::SupplementRequest request;
  // The version schemas of segue, whose views are no obstacle.
  std::vector<std::string> versions;
};

struct Supplement {
  Step before;  // runs before the contract locks anything; may be empty
  // Begin the transaction that takes the column away.
  std::vector<Statement> first;
  // End it.
  std::vector<Statement> within;
};

// Asks the server questions and changes nothing. Throws Error{kRefused} with
// the name of whatever cannot go over.
Supplement MakeSupplement(const db::Dialect& dialect,
                          db::Connection& connection,
                          const SupplementInput& input);

}  // namespace segue::engine
