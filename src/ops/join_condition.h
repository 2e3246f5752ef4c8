// A condition that joins two tables by one column of each.
#pragma once

#include <string>

#include "base/node.h"

namespace segue::ops {

struct JoinCondition {
  std::string first;   // a column of the first table
  std::string second;  // of the second one
};

// Reads "first.a = second.b", or the same the other way round; names may be in
// quotes. Throws Error{kUsage} at `node` for anything else.
JoinCondition ParseJoin(const std::string& text, const base::Node& node,
                        const std::string& first, const std::string& second);

}  // namespace segue::ops
