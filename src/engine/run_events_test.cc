#include "engine/run_events.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace segue::engine {
namespace {

using testing::ElementsAre;

class RunEventsTest : public testing::Test {
 protected:
  RunEventsTest() {
    row_.id = "01_a";
    for (const Phase phase : {Phase::kExpanding, Phase::kMigrating,
                              Phase::kContracting, Phase::kContracting}) {
      Step step;
      step.phase = phase;
      row_.plan.steps.push_back(step);
    }
    row_.plan.steps[2].stage = Stage::kSeal;
    row_.plan.steps[3].stage = Stage::kDrop;
    options_.listeners.Add([this](const Progress& p) { told_.push_back(p); });
  }
  double PercentAt(Phase phase, SubState sub_state = SubState::kNone) {
    row_.phase = phase;
    row_.sub_state = sub_state;
    TellRun(options_, row_, Progress::Event::kStarted);
    return told_.back().progress_pct;
  }

  MigrationRow row_;
  MigratorOptions options_;
  std::vector<Progress> told_;
};

TEST_F(RunEventsTest, ProgressIsWhatThePhaseHasBehindIt) {
  EXPECT_EQ(PercentAt(Phase::kPending), 0);
  EXPECT_EQ(PercentAt(Phase::kExpanding), 0);
  EXPECT_EQ(PercentAt(Phase::kMigrating, SubState::kBackfilling), 25);
  EXPECT_EQ(PercentAt(Phase::kMigrating, SubState::kReady), 50);
  EXPECT_EQ(PercentAt(Phase::kContracting, SubState::kSealed), 75);
  EXPECT_EQ(PercentAt(Phase::kComplete), 100);
  EXPECT_EQ(PercentAt(Phase::kRolledBack), 0);
}

TEST_F(RunEventsTest, AFailureSaysWhatWasDoneAboutIt) {
  row_.phase = Phase::kRolledBack;
  TellFailure(options_, row_,
              Error(ErrorKind::kConstraint, "no")
                  .WithHint("mend it")
                  .WithNote("every executed step was rolled back"));
  ASSERT_EQ(told_.size(), 1U);
  EXPECT_EQ(told_[0].event, Progress::Event::kFailed);
  EXPECT_EQ(told_[0].phase, Phase::kRolledBack);
  EXPECT_EQ(told_[0].message, "no");
  EXPECT_EQ(told_[0].cause, "constraint");
  EXPECT_EQ(told_[0].hint, "mend it");
  EXPECT_THAT(told_[0].notes,
              ElementsAre("every executed step was rolled back"));
}

}  // namespace
}  // namespace segue::engine
