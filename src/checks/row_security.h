// A policy that hides rows would make a backfill look complete when it is not.
#pragma once

#include <vector>

#include "checks/check.h"

namespace segue::checks {

std::vector<Finding> CheckRowSecurity(const CheckContext& context);

}  // namespace segue::checks
