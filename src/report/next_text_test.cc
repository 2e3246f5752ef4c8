#include "report/next_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace segue::report {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

MigrationStatus At(Phase phase, SubState sub_state = SubState::kNone) {
  MigrationStatus status;
  status.phase = phase;
  status.sub_state = sub_state;
  return status;
}

void ExpectSays(const MigrationStatus& status, const char* stands,
                const char* next) {
  EXPECT_THAT(StandsText(status), HasSubstr(stands));
  EXPECT_THAT(NextText(status), StartsWith(next));
}

TEST(NextTextTest, NobodyWorks) {
  MigrationStatus status = At(Phase::kMigrating, SubState::kBackfilling);
  ExpectSays(status, "its runner has ended", "segue resume goes on");
  status.error = "the disk is full";
  ExpectSays(status, "stopped at an error", "mend the cause");
  status.paused = true;
  ExpectSays(status, "is paused", "segue resume");
  status.missing = {"trigger 'x' of 't' is gone"};
  ExpectSays(status, "Somebody has changed", "segue rollback undoes");
}

TEST(NextTextTest, ARunnerWorks) {
  MigrationStatus status = At(Phase::kMigrating, SubState::kBackfilling);
  status.runner = "vm:1";
  status.error = "of the run before";
  ExpectSays(status, "at work", "segue watch");
  status.paused = true;
  ExpectSays(status, "pauses after its chunk", "segue resume");
  status.sub_state = SubState::kRollingBack;
  ExpectSays(status, "being rolled back", "segue watch");
}

TEST(NextTextTest, TheContract) {
  MigrationStatus status = At(Phase::kMigrating, SubState::kReady);
  ExpectSays(status, "Both versions are live", "bring out the new version");
  status = At(Phase::kContracting, SubState::kSealing);
  ExpectSays(status, "contract has stopped half-way", "segue complete");
  status.sub_state = SubState::kSealed;
  status.undo_left_seconds = 60;
  ExpectSays(status, "the old one can come back", "segue undo");
  status.undo_left_seconds = 0;
  ExpectSays(status, "the time to undo it is over", "segue complete");
  status.sub_state = SubState::kRollingBack;
  ExpectSays(status, "rollback has stopped half-way", "segue rollback");
}

TEST(NextTextTest, WhatIsOver) {
  ExpectSays(At(Phase::kComplete), "is complete", "");
  EXPECT_EQ(NextText(At(Phase::kComplete)), "");
  ExpectSays(At(Phase::kRolledBack), "rolled back", "segue start");
  ExpectSays(At(Phase::kRolledBack, SubState::kAbandoned), "is abandoned", "");
}

}  // namespace
}  // namespace segue::report
