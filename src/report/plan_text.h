// A plan and its findings as text for people.
#pragma once

#include <string>
#include <vector>

#include "segue/plan.h"

namespace segue::report {

std::string PlanText(const Plan& plan, const std::vector<Finding>& findings);

}  // namespace segue::report
