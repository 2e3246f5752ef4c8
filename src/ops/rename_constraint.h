// rename_constraint: table*, from*, to*.
#pragma once

#include <string>

#include "ops/operation.h"

namespace segue::ops {

struct RenameConstraintSpec {
  std::string table;
  std::string from;
  std::string to;
};

OperationPtr MakeRenameConstraint(RenameConstraintSpec spec);
OperationPtr ParseRenameConstraint(const base::Node& body);

}  // namespace segue::ops
