// The rules that the contract of every plan must follow.
#pragma once

#include "segue/plan.h"

namespace segue::test {

// Fails the test when a step of the seal cannot be undone, when a step of the
// drop has nothing irreversible and comes before every irreversible one, or
// when the drop comes before the seal.
void ExpectStages(const Plan& plan);

}  // namespace segue::test
