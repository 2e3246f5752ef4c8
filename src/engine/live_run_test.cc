// What becomes of a start and of a rollback that meet an error.
#include "engine/live_run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/engine_bed.h"
#include "engine/missing.h"
#include "ledger/control.h"

namespace segue::engine {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class LiveRunTest : public ::testing::Test {
 protected:
  void SetUp() override { Use(std::chrono::milliseconds(10'000)); }

  void Use(std::chrono::milliseconds patience) {
    bed_ = std::make_unique<EngineBed>(
        PlanOf(
            {StepOf(Phase::kExpanding, {SqlAction("ADD", 0)}),
             StepOf(Phase::kMigrating, {WalkAction(ActionKind::kBackfill, 0)}),
             StepOf(Phase::kContracting, {IrreversibleAction("DROP", 0)},
                    Stage::kDrop)}),
        test::ScriptedDatabase::Embedded(), patience);
    bed_->run.lease.reset();  // each run below takes it
  }

  // A command of its own, which continues the migration that there is.
  std::optional<ErrorKind> Run(const std::function<void(LiveRun&)>& work) {
    context_.emplace(scripted().database(), run().options);
    LiveRun live(*context_);
    try {
      live.Continue("", Phase::kComplete);
      work(live);
    } catch (const Error& error) {
      notes_ = error.notes();
      return error.kind();
    }
    return std::nullopt;
  }
  std::optional<ErrorKind> Start(bool undo_on_any_failure = false) {
    return Run([&](LiveRun& live) { live.ToReady(undo_on_any_failure); });
  }
  void Fail(const std::string& where, ErrorKind kind) {
    scripted().Fail({where, {kind, "met"}});
  }
  // Stores the plan anew, before anything is run.
  void Keep(const MigrationRow& row) {
    run().ledger.Create(scripted().others(), row);
  }
  Phase PhaseNow() { return run().Stored().phase; }
  RunBed& run() { return bed_->run; }
  test::ScriptedDatabase& scripted() { return run().scripted; }

  std::unique_ptr<EngineBed> bed_;
  std::optional<Context> context_;
  std::vector<std::string> notes_;
};

TEST_F(LiveRunTest, AStartEndsWhenBothVersionsAreLive) {
  EXPECT_EQ(Start(), std::nullopt);
  EXPECT_EQ(run().Stored().sub_state, SubState::kReady);
  const auto done = scripted().Done();
  EXPECT_THAT(done, Contains("ADD"));
  EXPECT_THAT(done, Contains("FILL all"));
  EXPECT_THAT(done, Not(Contains("DROP")));
  EXPECT_EQ(run().Told(Progress::Event::kReady).size(), 1U);
}

TEST_F(LiveRunTest, AStartThatFindsItReadyTellsThatAndDoesNothing) {
  EXPECT_EQ(Start(), std::nullopt);
  const std::size_t done = scripted().Done().size();
  EXPECT_EQ(Start(), std::nullopt);
  EXPECT_EQ(scripted().Done().size(), done);
  EXPECT_EQ(run().Told(Progress::Event::kReady).size(), 2U);
}

TEST_F(LiveRunTest, AnErrorOfItsOwnMakingUndoesTheStart) {
  for (const ErrorKind kind : {ErrorKind::kConstraint, ErrorKind::kRefused,
                               ErrorKind::kMismatch, ErrorKind::kInternal}) {
    SetUp();
    Fail("FILL", kind);
    EXPECT_EQ(Start(), kind);
    EXPECT_EQ(PhaseNow(), Phase::kRolledBack) << ToString(kind);
    EXPECT_THAT(scripted().Done(), Contains("UNDO ADD"));
    EXPECT_THAT(notes_, ElementsAre("every executed step was rolled back"));
    EXPECT_EQ(run().Told(Progress::Event::kFailed).size(), 1U);
  }
}

TEST_F(LiveRunTest, WhatTheSurroundingsDidLeavesItToBeContinued) {
  for (const ErrorKind kind : {ErrorKind::kLockTimeout, ErrorKind::kRetryable,
                               ErrorKind::kCancelled, ErrorKind::kConflict}) {
    Use(std::chrono::milliseconds(0));
    Fail("FILL", kind);
    EXPECT_EQ(Start(), kind);
    EXPECT_EQ(PhaseNow(), Phase::kMigrating) << ToString(kind);
    EXPECT_THAT(scripted().Done(), Not(Contains("UNDO ADD")));
    EXPECT_EQ(Start(), std::nullopt);
    EXPECT_EQ(scripted().Count("ADD"), 1);
    EXPECT_EQ(run().Stored().sub_state, SubState::kReady);
  }
}

TEST_F(LiveRunTest, OnRequestAlsoAnInterruptionUndoesTheStart) {
  Use(std::chrono::milliseconds(0));
  Fail("FILL", ErrorKind::kLockTimeout);
  EXPECT_EQ(Start(true), ErrorKind::kLockTimeout);
  EXPECT_EQ(PhaseNow(), Phase::kRolledBack);
}

// The one that took over goes on with it.
TEST_F(LiveRunTest, WhoWasReplacedUndoesNothingWhateverWasRequested) {
  Fail("FILL", ErrorKind::kConflict);
  EXPECT_EQ(Start(true), ErrorKind::kConflict);
  EXPECT_THAT(scripted().Done(), Not(Contains("UNDO ADD")));
}

TEST_F(LiveRunTest, ARequestToCancelRollsBack) {
  const auto watching = scripted().Watch([&](const std::string& sql) {
    if (sql != "ADD") return;
    Control control;
    control.cancel = true;
    control.by = "ann";
    Controls(run().ledger).Ask(scripted().others(), control);
  });
  EXPECT_EQ(Start(), ErrorKind::kCancelled);
  EXPECT_EQ(PhaseNow(), Phase::kRolledBack);
}

TEST_F(LiveRunTest, ASignalDoesNotStopTheUndoItLeadsTo) {
  Fail("FILL", ErrorKind::kConstraint);
  Fail("UNDO ADD", ErrorKind::kRetryable);
  const auto watching = scripted().Watch([&](const std::string& sql) {
    if (sql == "FILL all") run().cancel.Request();
  });
  EXPECT_EQ(Start(), ErrorKind::kConstraint);
  EXPECT_EQ(PhaseNow(), Phase::kRolledBack);
}

TEST_F(LiveRunTest, AnUndoThatFailsTooDoesNotHideTheFirstError) {
  Fail("FILL", ErrorKind::kConstraint);
  Fail("UNDO ADD", ErrorKind::kInternal);
  EXPECT_EQ(Start(), ErrorKind::kConstraint);
  EXPECT_THAT(notes_, ElementsAre(HasSubstr("the rollback failed too")));
  EXPECT_EQ(run().Stored().sub_state, SubState::kRollingBack);
  EXPECT_EQ(Run([](LiveRun& live) { live.Undo(""); }), std::nullopt);
  EXPECT_EQ(PhaseNow(), Phase::kRolledBack);
}

TEST_F(LiveRunTest, WhatOthersAskedOfTheRunBeforeIsNotForThisOne) {
  Control control;
  control.pause = true;
  control.cancel = true;
  control.pace = 0.5;
  Controls(run().ledger).Ask(scripted().others(), control);
  EXPECT_EQ(Start(), std::nullopt);
}

TEST_F(LiveRunTest, WhatIsNotReadyIsNotContracted) {
  EXPECT_EQ(Run([](LiveRun& live) { live.RequireReady(); }),
            ErrorKind::kRefused);
  EXPECT_EQ(Start(), std::nullopt);
  EXPECT_EQ(Run([](LiveRun& live) { live.RequireReady(); }), std::nullopt);
}

TEST_F(LiveRunTest, ARollbackUndoesWhatWasDoneAndSaysSo) {
  EXPECT_EQ(Start(), std::nullopt);
  EXPECT_EQ(Run([](LiveRun& live) { live.Undo(""); }), std::nullopt);
  EXPECT_EQ(PhaseNow(), Phase::kRolledBack);
  EXPECT_EQ(scripted().Done().back(), "UNDO ADD");
  EXPECT_EQ(run().Events(EventKind::kUndone).size(), 2U);
  EXPECT_EQ(Run([](LiveRun&) {}), ErrorKind::kNotFound);
}

// Each of these starts where an earlier rollback was stopped.
TEST_F(LiveRunTest, FromARollbackThatWasStoppedOnlyTheRollbackGoesOn) {
  EXPECT_EQ(Start(), std::nullopt);
  Fail("UNDO ADD", ErrorKind::kInternal);
  EXPECT_EQ(Run([](LiveRun& live) { live.Undo(""); }), ErrorKind::kInternal);
  EXPECT_EQ(PhaseNow(), Phase::kMigrating);
  EXPECT_EQ(run().Stored().sub_state, SubState::kRollingBack);
  EXPECT_TRUE(RollingBack(*context_, run().Stored()));
  EXPECT_EQ(Run([](LiveRun& live) { live.RequireReady(); }),
            ErrorKind::kRefused);
  context_.emplace(scripted().database(), run().options);
  Migration same("01_test", "");
  EXPECT_EQ(KindOf([&] { LiveRun(*context_).Begin(same); }),
            ErrorKind::kRefused);
  EXPECT_EQ(Run([](LiveRun& live) { live.Undo(""); }), std::nullopt);
  EXPECT_EQ(PhaseNow(), Phase::kRolledBack);
}

// An earlier segue did not record that it had begun to roll back.
TEST_F(LiveRunTest, AnUndoneStepSaysThatItIsRollingBack) {
  EXPECT_EQ(Start(), std::nullopt);
  EXPECT_FALSE(RollingBack(*context_, run().Stored()));
  run().ledger.SetState(scripted().others(), "01_test", 1, 0,
                        ActionState::kUndone);
  EXPECT_TRUE(RollingBack(*context_, run().Stored()));
}

TEST_F(LiveRunTest, WhatIsMissingIsNeverReadyAndIsNotUndoneUnasked) {
  bed_->run.row.plan.steps[0].actions[0].missing = "LOOK";
  Keep(bed_->run.row);
  EXPECT_EQ(Start(), std::nullopt);
  scripted().Answer("LOOK", std::string("trigger 'x' is gone"));
  EXPECT_EQ(Start(), ErrorKind::kRefused);
  EXPECT_EQ(run().Stored().sub_state, SubState::kReady);
  EXPECT_THAT(Missing(*context_, run().Stored()),
              ElementsAre("trigger 'x' is gone"));
  EXPECT_EQ(Run([](LiveRun& live) { live.Contract(""); }), ErrorKind::kRefused);
  EXPECT_THAT(scripted().Done(), Not(Contains("UNDO ADD")));
}

TEST_F(LiveRunTest, WhatIsGoneNeedsNoUndo) {
  EXPECT_EQ(Start(), std::nullopt);
  for (int attempt = 0; attempt < 2; ++attempt) {
    scripted().Fail({"UNDO ADD", {ErrorKind::kRefused, "no such table"}});
  }
  EXPECT_EQ(Run([](LiveRun& live) { live.Undo(""); }), std::nullopt);
  EXPECT_EQ(PhaseNow(), Phase::kRolledBack);
  ASSERT_EQ(run().Events(EventKind::kNote).size(), 1U);
  EXPECT_EQ(run().Events(EventKind::kNote)[0].message,
            "nothing to undo: no such table");
}

TEST_F(LiveRunTest, WhatCannotBeUndoneIsLeftOnlyWhenItIsAbandoned) {
  EXPECT_EQ(Start(), std::nullopt);
  Fail("UNDO ADD", ErrorKind::kRefused);
  EXPECT_EQ(Run([](LiveRun& live) { live.Undo(""); }), ErrorKind::kRefused);
  EXPECT_THAT(notes_, ElementsAre(HasSubstr("--abandon")));
  Fail("UNDO ADD", ErrorKind::kRefused);
  EXPECT_EQ(Run([](LiveRun& live) { live.Undo("the table is another's"); }),
            std::nullopt);
  EXPECT_EQ(PhaseNow(), Phase::kRolledBack);
  EXPECT_EQ(run().Stored().sub_state, SubState::kAbandoned);
  ASSERT_EQ(run().Events(EventKind::kAbandoned).size(), 1U);
  EXPECT_EQ(run().Events(EventKind::kAbandoned)[0].message,
            "the table is another's (left as it is: met)");
}

// The next attempt may not meet it, so that nothing is left behind for it.
TEST_F(LiveRunTest, ALockIsNoReasonToAbandonAnything) {
  Use(std::chrono::milliseconds(0));
  EXPECT_EQ(Start(), std::nullopt);
  Fail("UNDO ADD", ErrorKind::kLockTimeout);
  EXPECT_EQ(Run([](LiveRun& live) { live.Undo("enough"); }),
            ErrorKind::kLockTimeout);
  EXPECT_EQ(PhaseNow(), Phase::kMigrating);
}

TEST_F(LiveRunTest, PastTheFirstDropOnlyAbandoningEndsIt) {
  EXPECT_EQ(Start(), std::nullopt);
  run().ledger.SetState(scripted().others(), "01_test", 2, 0,
                        ActionState::kDone);
  EXPECT_EQ(Run([](LiveRun& live) { live.Undo(""); }), ErrorKind::kRefused);
  EXPECT_EQ(Run([](LiveRun& live) { live.Undo("gone for good"); }),
            std::nullopt);
  EXPECT_EQ(run().Stored().sub_state, SubState::kAbandoned);
  EXPECT_THAT(scripted().Done(), Not(Contains("UNDO ADD")));
}

TEST_F(LiveRunTest, ASecondRunnerIsRefusedBeforeItDoesAnything) {
  Lease other(scripted().database(), run().ledger);
  EXPECT_EQ(Start(), ErrorKind::kConflict);
  EXPECT_THAT(scripted().Done(), IsEmpty());
}

TEST_F(LiveRunTest, AnotherMigrationIsRefusedWhileOneIsActive) {
  context_.emplace(scripted().database(), run().options);
  LiveRun live(*context_);
  EXPECT_EQ(KindOf([&] { live.Begin(Migration("02_next", "next")); }),
            ErrorKind::kRefused);
}

TEST_F(LiveRunTest, AFileThatWasChangedIsRefused) {
  context_.emplace(scripted().database(), run().options);
  LiveRun live(*context_);
  Migration changed("01_test", "");
  changed.checksum = "other";
  EXPECT_EQ(KindOf([&] { live.Begin(changed); }), ErrorKind::kRefused);
}

}  // namespace
}  // namespace segue::engine
