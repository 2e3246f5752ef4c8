// Checks that segue knows everything that the database says of the tables.
#pragma once

#include <vector>

#include "checks/check.h"

namespace segue::checks {

std::vector<Finding> CheckUnknownFacts(const CheckContext& context);

}  // namespace segue::checks
