// One existing column takes the place of another. Only a builder: in a file,
// add_column with `up` and a later drop_column say the same with more choice.
#pragma once

#include <string>

#include "planning/operation.h"

namespace segue::ops {

struct ReplaceColumnSpec {
  std::string table;
  std::string from;
  std::string to;
};

NewOperation MakeReplaceColumn(ReplaceColumnSpec spec);

}  // namespace segue::ops
