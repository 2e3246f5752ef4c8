// rename_table: from*, to*.
#pragma once

#include <string>

#include "ops/operation.h"

namespace segue::ops {

struct RenameTableSpec {
  std::string from;
  std::string to;
};

OperationPtr MakeRenameTable(RenameTableSpec spec);
OperationPtr ParseRenameTable(const base::Node& body);

}  // namespace segue::ops
