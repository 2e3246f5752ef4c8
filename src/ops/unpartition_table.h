// The keys of unpartition_table (* is required): table*.
#pragma once

#include <string>

#include "planning/operation.h"

namespace segue::ops {

struct UnpartitionTableSpec {
  std::string table;
};

NewOperation MakeUnpartitionTable(UnpartitionTableSpec spec);
NewOperation ParseUnpartitionTable(const base::Node& body);

}  // namespace segue::ops
