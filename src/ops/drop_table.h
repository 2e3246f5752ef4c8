// The keys of drop_table (* is required): name*.
#pragma once

#include <string>

#include "planning/operation.h"

namespace segue::ops {

NewOperation MakeDropTable(std::string table);
NewOperation ParseDropTable(const base::Node& body);

}  // namespace segue::ops
