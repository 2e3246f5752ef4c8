// A column, and the column that takes its place.
#pragma once

#include <string>

#include "schema/schema.h"

namespace segue::ops {

struct ColumnSwap {
  schema::Column old;
  schema::Column target;  // after the contract
  std::string physical;   // the target's name until then
};

}  // namespace segue::ops
