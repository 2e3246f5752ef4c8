// drop_table: name*.
#pragma once

#include <string>

#include "ops/operation.h"

namespace segue::ops {

OperationPtr MakeDropTable(std::string table);
OperationPtr ParseDropTable(const base::Node& body);

}  // namespace segue::ops
