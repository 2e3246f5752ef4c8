// Checks for the user's own triggers, which fire for the rows that the backfill
// writes.
#pragma once

#include <vector>

#include "checks/check.h"

namespace segue::checks {

std::vector<Finding> CheckUserTriggers(const CheckContext& context);

}  // namespace segue::checks
