// The keys of rename_table (* is required): from*, to*.
#pragma once

#include <string>

#include "planning/operation.h"

namespace segue::ops {

struct RenameTableSpec {
  std::string from;
  std::string to;
};

NewOperation MakeRenameTable(RenameTableSpec spec);
NewOperation ParseRenameTable(const base::Node& body);

}  // namespace segue::ops
