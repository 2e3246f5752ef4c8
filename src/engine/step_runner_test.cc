#include "engine/step_runner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/engine_bed.h"

namespace segue::engine {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const std::vector<ErrorKind> kPassing = {
    ErrorKind::kRetryable, ErrorKind::kLockTimeout, ErrorKind::kConnectionLost};
const std::vector<ErrorKind> kLasting = {
    ErrorKind::kRefused,  ErrorKind::kConflict,  ErrorKind::kConstraint,
    ErrorKind::kMismatch, ErrorKind::kCancelled, ErrorKind::kInternal};

// Two actions that commit together, then one of its own.
Plan Together() {
  return PlanOf(
      {StepOf(Phase::kExpanding, {SqlAction("ADD a", 0), SqlAction("ADD b", 0),
                                  SqlAction("ADD c", 1)})});
}

Plan Alone() {
  return PlanOf({StepOf(Phase::kMigrating, {LoneAction("INDEX i", 0)})});
}

class StepRunnerTest : public ::testing::Test {
 protected:
  void Use(Plan plan) { bed_ = std::make_unique<EngineBed>(std::move(plan)); }

  StepRunner& steps() { return bed_->parts().steps; }
  std::optional<ErrorKind> Run(std::function<void()> finishing = {}) {
    return KindOf([&] { steps().Run(0, finishing); });
  }
  std::optional<ErrorKind> Undo() {
    return KindOf([&] { steps().Undo(0); });
  }
  RunBed& run() { return bed_->run; }
  test::ScriptedDatabase& scripted() { return run().scripted; }
  std::vector<std::string> Done() { return scripted().Done(); }
  std::vector<std::string> Tried() { return scripted().Tried(); }
  ActionState State(int action) { return run().StateOf(0, action); }

  std::unique_ptr<EngineBed> bed_;
};

TEST_F(StepRunnerTest, AStepIsDoneInItsOrderAndSaysSo) {
  Use(Together());
  EXPECT_EQ(Run(), std::nullopt);
  EXPECT_THAT(Done(), ElementsAre("ADD a", "ADD b", "ADD c"));
  for (int action = kWholeStep; action < 3; ++action) {
    EXPECT_EQ(State(action), ActionState::kDone) << action;
  }
  EXPECT_EQ(run().Events(EventKind::kExpanding).size(), 1U);
  EXPECT_EQ(run().Told(Progress::Event::kStepStarted).size(), 1U);
  EXPECT_EQ(run().Told(Progress::Event::kStepDone).size(), 1U);
}

TEST_F(StepRunnerTest, WhatIsDoneIsNotDoneAgain) {
  Use(Together());
  EXPECT_EQ(Run(), std::nullopt);
  bed_->NewProcess();
  EXPECT_EQ(Run(), std::nullopt);
  EXPECT_THAT(Done(), ElementsAre("ADD a", "ADD b", "ADD c"));
  EXPECT_EQ(run().Events(EventKind::kExpanding).size(), 1U);
}

TEST_F(StepRunnerTest, AStateIsRecordedBeforeItIsActedOn) {
  Use(Together());
  scripted().Fail({"ADD b", {ErrorKind::kConstraint, "refused"}});
  EXPECT_EQ(Run(), ErrorKind::kConstraint);
  EXPECT_THAT(Done(), IsEmpty());
  EXPECT_EQ(State(0), ActionState::kRunning);
  EXPECT_EQ(State(1), ActionState::kRunning);
  EXPECT_EQ(State(2), ActionState::kPending);
  EXPECT_EQ(State(kWholeStep), ActionState::kPending);
}

TEST_F(StepRunnerTest, ALaterRunGoesOnWhereAnEarlierOneStopped) {
  Use(Together());
  scripted().Fail({"ADD c", {ErrorKind::kConstraint, "refused"}});
  EXPECT_EQ(Run(), ErrorKind::kConstraint);
  EXPECT_THAT(Done(), ElementsAre("ADD a", "ADD b"));
  bed_->NewProcess();
  EXPECT_EQ(Run(), std::nullopt);
  EXPECT_THAT(Done(), ElementsAre("ADD a", "ADD b", "ADD c"));
}

TEST_F(StepRunnerTest, AnErrorThatPassesIsTriedAgainAndDoesNothingTwice) {
  for (const ErrorKind kind : kPassing) {
    Use(Together());
    scripted().Fail({"ADD b", {kind, "met"}});
    EXPECT_EQ(Run(), std::nullopt) << ToString(kind);
    EXPECT_THAT(Tried(),
                ElementsAre("ADD a", "ADD b", "ADD a", "ADD b", "ADD c"));
    EXPECT_THAT(Done(), ElementsAre("ADD a", "ADD b", "ADD c"));
    EXPECT_EQ(run().Told(Progress::Event::kRetry).size(), 1U);
  }
}

TEST_F(StepRunnerTest, AnErrorThatLastsIsNotTriedAgain) {
  for (const ErrorKind kind : kLasting) {
    Use(Together());
    scripted().Fail({"ADD b", {kind, "met"}});
    EXPECT_EQ(Run(), kind);
    EXPECT_THAT(Tried(), ElementsAre("ADD a", "ADD b")) << ToString(kind);
    EXPECT_THAT(Done(), IsEmpty());
  }
}

// The commit that fails is the next one after the last statement of the group.
TEST_F(StepRunnerTest, ACommitInDoubtIsLookedAtBeforeItIsTriedAgain) {
  for (const bool happened : {true, false}) {
    Use(Together());
    const auto watching = scripted().Watch([&](const std::string& sql) {
      if (sql != "ADD b" || scripted().Count("ADD b") > 1) return;
      scripted().Fail({"COMMIT", {ErrorKind::kInDoubt, "lost"}, 1, happened});
    });
    EXPECT_EQ(Run(), std::nullopt);
    EXPECT_EQ(scripted().Count("ADD b"), happened ? 1 : 2);
    EXPECT_THAT(Done(), ElementsAre("ADD a", "ADD b", "ADD c"));
  }
}

TEST_F(StepRunnerTest, ACommitInDoubtAtTheEndOfAStepTellsItOnce) {
  Use(Together());
  const auto watching = scripted().Watch([&](const std::string& sql) {
    if (sql != "ADD c") return;
    scripted().Fail({"COMMIT", {ErrorKind::kInDoubt, "lost"}, 1, true});
  });
  EXPECT_EQ(Run(), std::nullopt);
  EXPECT_EQ(scripted().Count("ADD c"), 1);
  EXPECT_EQ(run().Events(EventKind::kExpanding).size(), 1U);
}

TEST_F(StepRunnerTest, WhoWasReplacedChangesNothing) {
  Use(Together());
  const auto watching = scripted().Watch([&](const std::string& sql) {
    // The transaction of the group comes after the one that records "running".
    if (sql == "BEGIN" && State(0) == ActionState::kRunning) {
      run().TakeLeaseOver();
    }
  });
  EXPECT_EQ(Run(), ErrorKind::kConflict);
  EXPECT_THAT(Tried(), IsEmpty());
}

TEST_F(StepRunnerTest, AStopIsObeyedBeforeAStep) {
  Use(Together());
  run().cancel.Request();
  EXPECT_EQ(Run(), ErrorKind::kCancelled);
  EXPECT_THAT(Tried(), IsEmpty());
  EXPECT_EQ(State(0), ActionState::kPending);
}

TEST_F(StepRunnerTest, WhatFinishesAStepCommitsWithIt) {
  Use(Together());
  EXPECT_EQ(Run([] { throw Error(ErrorKind::kInternal, "unfinished"); }),
            ErrorKind::kInternal);
  EXPECT_THAT(Done(), ElementsAre("ADD a", "ADD b"));
  EXPECT_EQ(State(kWholeStep), ActionState::kPending);
  EXPECT_THAT(run().Events(EventKind::kExpanding), IsEmpty());
  int finished = 0;
  EXPECT_EQ(Run([&] { ++finished; }), std::nullopt);
  EXPECT_EQ(Run([&] { ++finished; }), std::nullopt);
  EXPECT_EQ(finished, 1);
}

TEST_F(StepRunnerTest, ADatabaseThatWasChangedUnderUsIsRefused) {
  Plan plan = Together();
  plan.steps[0].actions[0].forward[0].expect_rows = 1;
  Use(plan);
  EXPECT_EQ(Run(), ErrorKind::kRefused);
  EXPECT_THAT(Done(), IsEmpty());
}

TEST_F(StepRunnerTest, AStepWithoutActionsIsRecordedAsWell) {
  Use(PlanOf({StepOf(Phase::kMigrating, {})}));
  EXPECT_EQ(Run(), std::nullopt);
  EXPECT_EQ(State(kWholeStep), ActionState::kDone);
  EXPECT_EQ(run().Events(EventKind::kMigrating).size(), 1U);
}

TEST_F(StepRunnerTest, OutsideATransactionTheLeftoversGoFirst) {
  Use(Alone());
  EXPECT_EQ(Run(), std::nullopt);
  EXPECT_THAT(Done(), ElementsAre("DONE? INDEX i", "CLEAN INDEX i", "INDEX i"));
  EXPECT_EQ(State(0), ActionState::kDone);
}

TEST_F(StepRunnerTest, OutsideATransactionTheCatalogueSaysWhatHappened) {
  Use(Alone());
  const auto watching = scripted().Watch([&](const std::string& sql) {
    if (sql == "INDEX i") scripted().Answer("DONE?", std::int64_t{1});
  });
  scripted().Fail({"INDEX i", {ErrorKind::kConnectionLost, "gone"}, 3, true});
  EXPECT_EQ(Run(), std::nullopt);
  EXPECT_THAT(Tried(), ElementsAre("DONE? INDEX i", "CLEAN INDEX i", "INDEX i",
                                   "DONE? INDEX i"));
  EXPECT_EQ(State(0), ActionState::kDone);
}

TEST_F(StepRunnerTest, OutsideATransactionRunningIsRecordedFirst) {
  Use(Alone());
  scripted().Fail({"CLEAN", {ErrorKind::kConstraint, "refused"}});
  EXPECT_EQ(Run(), ErrorKind::kConstraint);
  EXPECT_EQ(State(0), ActionState::kRunning);
}

TEST_F(StepRunnerTest, AnUndoGoesBackwardsAndSaysSo) {
  Use(Together());
  EXPECT_EQ(Run(), std::nullopt);
  const std::size_t before = Done().size();
  EXPECT_EQ(Undo(), std::nullopt);
  const auto done = Done();
  EXPECT_THAT(
      std::vector<std::string>(
          done.begin() + static_cast<std::ptrdiff_t>(before), done.end()),
      ElementsAre("UNDO ADD c", "UNDO ADD b", "UNDO ADD a"));
  for (int action = kWholeStep; action < 3; ++action) {
    EXPECT_EQ(State(action), ActionState::kUndone) << action;
  }
  EXPECT_EQ(run().Events(EventKind::kUndone).size(), 1U);
  EXPECT_EQ(run().Told(Progress::Event::kStepRolledBack).size(), 1U);
  EXPECT_EQ(Undo(), std::nullopt);
  EXPECT_EQ(Done().size(), before + 3);
  EXPECT_EQ(run().Events(EventKind::kUndone).size(), 1U);
}

// Two commits undo the groups, the third one says that the step is undone.
TEST_F(StepRunnerTest, AnUndoInDoubtIsToldOnce) {
  Use(Together());
  EXPECT_EQ(Run(), std::nullopt);
  scripted().Fail({"COMMIT", {ErrorKind::kInDoubt, "lost"}, 3, true});
  EXPECT_EQ(Undo(), std::nullopt);
  EXPECT_EQ(State(kWholeStep), ActionState::kUndone);
  EXPECT_EQ(run().Events(EventKind::kUndone).size(), 1U);
}

TEST_F(StepRunnerTest, OnlyWhatHappenedIsUndone) {
  Use(Together());
  scripted().Fail({"ADD c", {ErrorKind::kConstraint, "refused"}});
  EXPECT_EQ(Run(), ErrorKind::kConstraint);
  EXPECT_EQ(Undo(), std::nullopt);
  EXPECT_THAT(Done(),
              ElementsAre("ADD a", "ADD b", "UNDO ADD b", "UNDO ADD a"));
  EXPECT_EQ(State(2), ActionState::kUndone);
}

TEST_F(StepRunnerTest, WhatNeverBeganIsNotUndone) {
  Use(Together());
  EXPECT_EQ(Undo(), std::nullopt);
  EXPECT_THAT(Tried(), IsEmpty());
  EXPECT_EQ(State(kWholeStep), ActionState::kPending);
  EXPECT_THAT(run().Events(EventKind::kUndone), IsEmpty());
}

TEST_F(StepRunnerTest, AnUndoIsTriedAgainAndDoneOnce) {
  for (const ErrorKind kind : kPassing) {
    Use(Together());
    EXPECT_EQ(Run(), std::nullopt);
    scripted().Fail({"UNDO ADD a", {kind, "met"}});
    EXPECT_EQ(Undo(), std::nullopt);
    EXPECT_THAT(Done(), ElementsAre("ADD a", "ADD b", "ADD c", "UNDO ADD c",
                                    "UNDO ADD b", "UNDO ADD a"));
  }
}

TEST_F(StepRunnerTest, WhoWasReplacedUndoesNothing) {
  Use(Together());
  EXPECT_EQ(Run(), std::nullopt);
  run().TakeLeaseOver();
  EXPECT_EQ(Undo(), ErrorKind::kConflict);
  EXPECT_THAT(Done(), ElementsAre("ADD a", "ADD b", "ADD c"));
  EXPECT_EQ(State(0), ActionState::kDone);
}

// A failed attempt may have left something.
TEST_F(StepRunnerTest, OutsideATransactionAnUndoAlsoFollowsAFailure) {
  Use(Alone());
  scripted().Fail({"INDEX i", {ErrorKind::kConstraint, "refused"}, 3});
  EXPECT_EQ(Run(), ErrorKind::kConstraint);
  EXPECT_EQ(State(0), ActionState::kRunning);
  EXPECT_EQ(Undo(), std::nullopt);
  EXPECT_EQ(Done().back(), "UNDO INDEX i");
  EXPECT_EQ(State(0), ActionState::kUndone);
}

TEST_F(StepRunnerTest, AnUndoneFillTakesItsRangesFromWorkersElsewhere) {
  Use(PlanOf(
      {StepOf(Phase::kMigrating, {WalkAction(ActionKind::kBackfill, 0)})}));
  scripted().Fail({"FILL", {ErrorKind::kConstraint, "refused"}});
  EXPECT_EQ(Run(), ErrorKind::kConstraint);
  EXPECT_EQ(scripted().Ask("SELECT count(*) FROM segue_range"),
            db::Value(std::int64_t{1}));
  EXPECT_EQ(Undo(), std::nullopt);
  EXPECT_EQ(scripted().Ask("SELECT count(*) FROM segue_range"),
            db::Value(std::int64_t{0}));
}

TEST_F(StepRunnerTest, WhatWasSettledIsSettledAgainAfterAnUndo) {
  Use(PlanOf(
      {StepOf(Phase::kContracting, {WalkAction(ActionKind::kSettle, 0)})}));
  EXPECT_EQ(Run(), std::nullopt);
  EXPECT_EQ(Undo(), std::nullopt);
  run().ledger.ForgetStep(scripted().others(), "01_test", 0);
  EXPECT_EQ(Run(), std::nullopt);
  EXPECT_THAT(scripted().Count("SETTLE"), 2);
}

TEST_F(StepRunnerTest, ARetreatStopsTheTriggersBeforeItTakesCopiesBack) {
  PlannedAction retreat = WalkAction(ActionKind::kRetreat, 0);
  retreat.undo.push_back({"TRIGGERS OFF", {}});
  Use(PlanOf({StepOf(Phase::kMigrating, {retreat})}));
  scripted().Answer("RETREAT", test::Affected(2));
  EXPECT_EQ(Run(), std::nullopt);
  EXPECT_THAT(Done(), IsEmpty());
  // An undo that fails half-way is not recorded as done.
  scripted().Fail({"RETREAT", {ErrorKind::kConstraint, "refused"}});
  EXPECT_EQ(Undo(), ErrorKind::kConstraint);
  EXPECT_EQ(State(0), ActionState::kDone);
  EXPECT_EQ(Undo(), std::nullopt);
  EXPECT_EQ(State(0), ActionState::kUndone);
  const auto done = Done();
  EXPECT_LT(std::find(done.begin(), done.end(), "TRIGGERS OFF"),
            std::find(done.begin(), done.end(), "RETREAT all"));
}

TEST_F(StepRunnerTest, AWalkThatIsDoneIsNotWalkedAgain) {
  Use(PlanOf(
      {StepOf(Phase::kMigrating, {WalkAction(ActionKind::kBackfill, 0),
                                  WalkAction(ActionKind::kVerify, 1)})}));
  scripted().Fail({"VERIFY", {ErrorKind::kConstraint, "refused"}});
  EXPECT_EQ(Run(), ErrorKind::kConstraint);
  EXPECT_EQ(State(0), ActionState::kDone);
  bed_->NewProcess();
  EXPECT_EQ(Run(), std::nullopt);
  EXPECT_EQ(scripted().Count("FILL"), 1);
  EXPECT_EQ(scripted().Count("VERIFY"), 2);
}

TEST_F(StepRunnerTest, AMismatchEndsTheStep) {
  Use(PlanOf(
      {StepOf(Phase::kMigrating, {WalkAction(ActionKind::kVerify, 0)})}));
  scripted().Answer("VERIFY", std::int64_t{17});
  EXPECT_EQ(Run(), ErrorKind::kMismatch);
  EXPECT_EQ(State(0), ActionState::kRunning);
}

}  // namespace
}  // namespace segue::engine
