// The keys of change_primary_key (* is required): table*, column*, type*, up,
// down, negative_ids. The columns that refer to the column change with it.
#pragma once

#include <string>

#include "planning/operation.h"

namespace segue::ops {

struct ChangePrimaryKeySpec {
  std::string table;
  std::string column;
  std::string type;
  std::string up;
  std::string down;
  bool negative_ids = false;
};

NewOperation MakeChangePrimaryKey(ChangePrimaryKeySpec spec);
NewOperation ParseChangePrimaryKey(const base::Node& body);

}  // namespace segue::ops
