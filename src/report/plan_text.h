// A plan and its findings as text for people.
#pragma once

#include <string>
#include <vector>

#include "segue/plan.h"
#include "segue/subscriber.h"

namespace segue::report {

std::string PlanText(const Plan& plan, const std::vector<Finding>& findings);
// Returns a script with the parts in their order.
std::string SubscribersText(const std::vector<SubscriberPart>& parts);

}  // namespace segue::report
