// Subscriptions that write to a table while its columns change.
#pragma once

#include <vector>

#include "checks/check.h"

namespace segue::checks {

std::vector<Finding> CheckSubscribedTables(const CheckContext& context);

}  // namespace segue::checks
