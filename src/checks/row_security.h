// Checks for policies that hide rows, because a backfill would skip these rows
// and look complete.
#pragma once

#include <vector>

#include "checks/check.h"

namespace segue::checks {

std::vector<Finding> CheckRowSecurity(const CheckContext& context);

}  // namespace segue::checks
