// Checks for rows that break a constraint of their own table, because an update
// of such a row fails, whatever it changes.
#pragma once

#include <vector>

#include "checks/check.h"

namespace segue::checks {

std::vector<Finding> CheckUnprovenConstraints(const CheckContext& context);

}  // namespace segue::checks
