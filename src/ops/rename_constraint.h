// The keys of rename_constraint (* is required): table*, from*, to*.
#pragma once

#include <string>

#include "planning/operation.h"

namespace segue::ops {

struct RenameConstraintSpec {
  std::string table;
  std::string from;
  std::string to;
};

NewOperation MakeRenameConstraint(RenameConstraintSpec spec);
NewOperation ParseRenameConstraint(const base::Node& body);

}  // namespace segue::ops
