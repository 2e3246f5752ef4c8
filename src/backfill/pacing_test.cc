#include "backfill/pacing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "backfill/run_bed.h"

namespace segue::engine {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

class PacingTest : public ::testing::Test {
 protected:
  PacingTest() {
    bed_.Begin(PlanOf({StepOf(Phase::kMigrating, {})}));
    pacing_.emplace(bed_.context());
    Ask({});
    Controls(bed_.ledger).Allow(bed_.db(), {});
  }

  void Ask(const Control& control) {
    Controls(bed_.ledger).Ask(bed_.scripted.others(), control);
  }
  void AskForPause() {
    Control control;
    control.pause = true;
    control.by = "ann";
    Ask(control);
  }
  void AskForPace(double pace) {
    Control control;
    control.pace = pace;
    Ask(control);
  }
  double Next(WalkPurpose purpose = WalkPurpose::kFill) {
    return pacing_->BeforeChunk(purpose, [this] { ++idle_; });
  }
  std::optional<ErrorKind> NextFails(WalkPurpose purpose = WalkPurpose::kFill) {
    return KindOf([&] { Next(purpose); });
  }
  // What workers of other processes are told.
  Control Known() { return Controls(bed_.ledger).Load(bed_.scripted.others()); }
  // After what the control row said just now is not believed any more.
  static void WaitUntilForgotten() {
    std::this_thread::sleep_for(std::chrono::milliseconds(60));
  }
  // Calls `change` once this event was told, when nobody is in a transaction.
  void When(Progress::Event event, std::function<void()> change) {
    bed_.options.listeners.Add(
        [event, change = std::move(change)](const Progress& progress) {
          if (progress.event == event) change();
        });
  }
  std::size_t PaceEvents() { return bed_.Events(EventKind::kPace).size(); }

  RunBed bed_;
  std::optional<Pacing> pacing_;
  int idle_ = 0;
};

TEST_F(PacingTest, AtFullPaceNothingIsToldAndNobodyWaits) {
  EXPECT_EQ(Next(), 1);
  EXPECT_EQ(idle_, 0);
  EXPECT_EQ(PaceEvents(), 0U);
  EXPECT_THAT(bed_.told, IsEmpty());
}

TEST_F(PacingTest, APaceIsToldToEverybodyOnce) {
  AskForPace(0.5);
  EXPECT_EQ(Next(), 0.5);
  EXPECT_EQ(pacing_->share(), 0.5);
  EXPECT_EQ(Known().allowed, 0.5);
  EXPECT_EQ(Known().reason, "requested");
  ASSERT_EQ(PaceEvents(), 1U);
  EXPECT_EQ(bed_.Events(EventKind::kPace)[0].message, "50 %: as requested");
  ASSERT_EQ(bed_.told.size(), 1U);
  EXPECT_EQ(bed_.told[0].message, "pace 50 %: as requested");
  EXPECT_EQ(bed_.told[0].pace, 0.5);
  const int writes = bed_.scripted.Count("INTO segue_pace");
  EXPECT_EQ(Next(), 0.5);
  EXPECT_EQ(bed_.scripted.Count("INTO segue_pace"), writes);
  WaitUntilForgotten();
  EXPECT_EQ(Next(), 0.5);
  EXPECT_EQ(PaceEvents(), 1U);
}

TEST_F(PacingTest, APaceThatIsTakenBackIsToldAsWell) {
  AskForPace(0.5);
  EXPECT_EQ(Next(), 0.5);
  AskForPace(1);
  WaitUntilForgotten();
  EXPECT_EQ(Next(), 1);
  EXPECT_EQ(Known().allowed, 1);
  EXPECT_EQ(PaceEvents(), 2U);
}

TEST_F(PacingTest, APaceThatADeadRunnerLeftIsReplacedWithoutAWord) {
  Control left;
  left.allowed = 0.2;
  left.reason = "lock_waits";
  Controls(bed_.ledger).Allow(bed_.db(), left);
  EXPECT_EQ(Next(), 1);
  EXPECT_EQ(Known().allowed, 1);
  EXPECT_EQ(Known().reason, "");
  EXPECT_EQ(PaceEvents(), 0U);
  EXPECT_THAT(bed_.told, IsEmpty());
}

TEST_F(PacingTest, APauseIsWaitedForAndTold) {
  AskForPause();
  When(Progress::Event::kPaused, [&] { Ask({}); });
  EXPECT_EQ(Next(), 1);
  EXPECT_EQ(idle_, 1);
  ASSERT_EQ(bed_.Events(EventKind::kPaused).size(), 1U);
  EXPECT_EQ(bed_.Events(EventKind::kPaused)[0].message, "paused by ann");
  EXPECT_EQ(bed_.Events(EventKind::kResumed).size(), 1U);
  EXPECT_EQ(bed_.Told(Progress::Event::kResumed).size(), 1U);
}

// Where no heartbeat renews it, the lease would expire in a long pause.
TEST_F(PacingTest, WhileItWaitsItGoesOnToFence) {
  AskForPause();
  When(Progress::Event::kPaused, [&] {
    bed_.TakeLeaseOver();
    Control control;
    control.cancel = true;
    Ask(control);
  });
  EXPECT_EQ(NextFails(), ErrorKind::kConflict);
}

TEST_F(PacingTest, ACancellationEndsAPause) {
  AskForPause();
  When(Progress::Event::kPaused, [&] {
    Control control;
    control.pause = true;
    control.cancel = true;
    Ask(control);
  });
  EXPECT_EQ(NextFails(), ErrorKind::kCancelled);
  EXPECT_TRUE(bed_.session().cancelled_by_request());
  EXPECT_THAT(bed_.Events(EventKind::kResumed), IsEmpty());
}

TEST_F(PacingTest, AStopEndsAPause) {
  AskForPause();
  When(Progress::Event::kPaused, [&] { bed_.cancel.Request(); });
  EXPECT_EQ(NextFails(), ErrorKind::kCancelled);
  EXPECT_FALSE(bed_.session().cancelled_by_request());
}

TEST_F(PacingTest, ACancellationDoesNotEndTheRollbackItAskedFor) {
  Control control;
  control.cancel = true;
  control.by = "ann";
  Ask(control);
  EXPECT_EQ(Next(WalkPurpose::kUndo), 1);
  EXPECT_FALSE(bed_.session().cancelled_by_request());
  EXPECT_EQ(NextFails(WalkPurpose::kCheck), ErrorKind::kCancelled);
  EXPECT_TRUE(bed_.session().cancelled_by_request());
}

TEST_F(PacingTest, TheControlRowIsNotReadBeforeEachOfManyChunks) {
  for (int i = 0; i < 50; ++i) Next();
  const int looks = bed_.scripted.Count("segue_control c");
  EXPECT_LT(looks, 25);
  WaitUntilForgotten();
  Next();
  EXPECT_EQ(bed_.scripted.Count("segue_control c"), looks + 1);
}

TEST_F(PacingTest, ErrorsThatPassAreWaitedForAndOthersThrown) {
  bed_.scripted.Fail({"segue_control c", {ErrorKind::kRetryable, "busy"}});
  bed_.scripted.Fail({"segue_control c", {ErrorKind::kConnectionLost, "gone"}});
  EXPECT_EQ(Next(), 1);
  WaitUntilForgotten();
  bed_.scripted.Fail({"segue_control c", {ErrorKind::kCorrupt, "met"}});
  EXPECT_EQ(NextFails(), ErrorKind::kCorrupt);
}

TEST_F(PacingTest, WhoWasReplacedTellsNoPace) {
  AskForPace(0.5);
  bed_.TakeLeaseOver();
  EXPECT_EQ(NextFails(), ErrorKind::kConflict);
  EXPECT_EQ(Known().allowed, 1);
}

// The signal of a file that exists is past its limit.
TEST(PacingSignalTest, ASignalThatStopsTheWalkIsToldAsAPause) {
  RunBed bed;
  SignalLimit flag;
  flag.signal = "flag_file";
  flag.source = "/";
  flag.soft = flag.hard = 1;
  bed.options.pace.limits = {flag};
  bed.options.pace.reading_interval = std::chrono::milliseconds(1);
  bed.Begin(PlanOf({}));
  Pacing pacing(bed.context());
  bed.options.listeners.Add([&](const Progress& progress) {
    if (progress.event == Progress::Event::kPaused) bed.cancel.Request();
  });
  EXPECT_EQ(KindOf([&] {
              for (int i = 0; i < 10'000; ++i) {
                pacing.BeforeChunk(WalkPurpose::kFill, [] {});
                std::this_thread::sleep_for(std::chrono::milliseconds(1));
              }
            }),
            ErrorKind::kCancelled);
  EXPECT_EQ(pacing.share(), 0);
  ASSERT_EQ(bed.Told(Progress::Event::kPaused).size(), 1U);
  EXPECT_THAT(bed.Told(Progress::Event::kPaused)[0].message,
              HasSubstr("flag_file"));
}

}  // namespace
}  // namespace segue::engine
