// What the kind of database knows to go wrong with a plan; see db::Hazard.
#pragma once

#include <vector>

#include "checks/check.h"

namespace segue::checks {

std::vector<Finding> CheckHazards(const CheckContext& context);

}  // namespace segue::checks
