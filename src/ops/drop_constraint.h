// The keys of drop_constraint (* is required): table*, name*, up, down (of its
// one column). The keys of drop_multicolumn_constraint: table*, name*, up{},
// down{}.
#pragma once

#include <map>
#include <string>

#include "planning/operation.h"

namespace segue::ops {

struct DropConstraintSpec {
  std::string operation = "drop_constraint";  // its name in messages
  std::string table;
  std::string name;
  // Expressions by column. The empty name stands for the constraint's only
  // column.
  std::map<std::string, std::string> up;
  std::map<std::string, std::string> down;
};

NewOperation MakeDropConstraint(DropConstraintSpec spec);
NewOperation ParseDropConstraint(const base::Node& body);
NewOperation ParseDropMulticolumnConstraint(const base::Node& body);

}  // namespace segue::ops
