// The keys of sql (* is required): up*, down, onComplete.
#pragma once

#include <string>

#include "planning/operation.h"

namespace segue::ops {

struct SqlSpec {
  std::string up;
  std::string down;          // empty: cannot be undone
  bool on_complete = false;  // run at the contract
};

NewOperation MakeSql(SqlSpec spec);
NewOperation ParseSql(const base::Node& body);

}  // namespace segue::ops
