// The session's role must be allowed to alter the tables.
#pragma once

#include <vector>

#include "checks/check.h"

namespace segue::checks {

std::vector<Finding> CheckOwnership(const CheckContext& context);

}  // namespace segue::checks
