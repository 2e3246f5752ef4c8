// The keys of drop_table (* is required): name*.
#pragma once

#include <string>

#include "planning/operation.h"

namespace segue::ops {

struct DropTableSpec {
  std::string table;
};

NewOperation MakeDropTable(DropTableSpec spec);
NewOperation ParseDropTable(const base::Node& body);

}  // namespace segue::ops
