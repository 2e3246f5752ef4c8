#include "tests/support/stages.h"

#include <gtest/gtest.h>

namespace segue::test {

void ExpectStages(const Plan& plan) {
  bool dropping = false;    // true after the first step of the drop
  bool past_first = false;  // true after the first drop
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
