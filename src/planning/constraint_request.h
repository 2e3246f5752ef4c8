// A constraint that an operation wants over the columns of a table that is in
// use.
#pragma once

#include <string>
#include <vector>

#include "plan/action.h"
#include "schema/schema.h"

namespace segue::ops {

struct ConstraintRequest {
  schema::Constraint constraint;        // by the new version's names
  std::vector<schema::Column> columns;  // as the new version sees them
  // What columns that are filled by a motion will hold.
  std::vector<plan::ConstraintTrial::Value> filled;
  // The provenance columns of those motions.
  std::vector<std::string> provenance;
  // Its name until the contract, where another constraint has its own.
  std::string placed_as = {};
};

}  // namespace segue::ops
