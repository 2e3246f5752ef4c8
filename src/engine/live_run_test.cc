// What becomes of a start and of a rollback that meet an error.
#include "engine/live_run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/engine_bed.h"
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
      live.Continue();
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
  EXPECT_EQ(Run([](LiveRun& live) { live.Undo(); }), std::nullopt);
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
  EXPECT_EQ(Run([](LiveRun& live) { live.Undo(); }), std::nullopt);
  EXPECT_EQ(PhaseNow(), Phase::kRolledBack);
  EXPECT_EQ(scripted().Done().back(), "UNDO ADD");
  EXPECT_EQ(run().Events(EventKind::kUndone).size(), 2U);
  EXPECT_EQ(Run([](LiveRun&) {}), ErrorKind::kNotFound);
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
