// The table of operations, which is the only list of them.
#pragma once

#include <string>
#include <vector>

#include "planning/operation.h"

namespace segue::ops {

struct RegistryEntry {
  const char* name;  // the key in the file
  NewOperation (*parse)(const base::Node& body);
};

const std::vector<RegistryEntry>& Registry();

// Parses the body of one operation. Throws Error{kUsage}, which names file,
// line, key and the nearest known name.
NewOperation ParseOperation(const std::string& name, const base::Node& body);

}  // namespace segue::ops
