// An existing column takes the place of another one. Only the builder makes
// this operation: in a file, add_column with `up` and a later drop_column do
// the same and more.
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
