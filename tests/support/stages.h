// What every plan must keep to in the stages of its contract.
#pragma once

#include "segue/plan.h"

namespace segue::test {

// Fails the test where a step of the seal cannot be undone, where a step of the
// drop neither has anything irreversible nor stands behind such a one, or where
// the drop comes before the seal.
void ExpectStages(const Plan& plan);

}  // namespace segue::test
