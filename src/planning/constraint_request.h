// A constraint that an operation adds over columns of a table that is in use.
#pragma once

#include <string>
#include <vector>

#include "plan/action.h"
#include "schema/schema.h"

namespace segue::ops {

struct ConstraintRequest {
  schema::Constraint constraint;        // by the new version's names
  std::vector<schema::Column> columns;  // as the new version sees them
  // The values that columns hold once a motion has filled them.
  std::vector<plan::ConstraintTrial::Value> filled;
  // The provenance columns of these motions.
  std::vector<std::string> provenance;
  // The constraint's name until the contract, when another constraint has its
  // final name; empty: the final name.
  std::string placed_as = {};
};

}  // namespace segue::ops
