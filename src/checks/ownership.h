// Checks that the session's role may alter the tables.
#pragma once

#include <vector>

#include "checks/check.h"

namespace segue::checks {

std::vector<Finding> CheckOwnership(const CheckContext& context);

}  // namespace segue::checks
