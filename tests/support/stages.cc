#include "tests/support/stages.h"

#include <gtest/gtest.h>

namespace segue::test {

void ExpectStages(const Plan& plan) {
  bool dropping = false;    // a step of the drop has been seen
  bool past_first = false;  // nothing brings the old shape back
  for (const Step& step : plan.steps) {
    if (step.phase != Phase::kContracting) continue;
    if (step.stage == Stage::kSeal) {
      EXPECT_FALSE(dropping) << step.description;
      EXPECT_TRUE(step.reversible()) << step.description;
      continue;
    }
    dropping = true;
    past_first = past_first || !step.reversible();
    EXPECT_TRUE(past_first) << step.description;
  }
}

}  // namespace segue::test
