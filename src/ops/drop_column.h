// The keys of drop_column (* is required): table*, column*, down.
#pragma once

#include <string>

#include "planning/operation.h"

namespace segue::ops {

struct DropColumnSpec {
  std::string table;
  std::string column;
  std::string down;  // empty: none
};

NewOperation MakeDropColumn(DropColumnSpec spec);
NewOperation ParseDropColumn(const base::Node& body);

}  // namespace segue::ops
