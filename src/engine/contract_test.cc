// The order of a contract, and what a failure in each of its stages leaves.
#include "engine/contract.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/engine_bed.h"
#include "engine/live_run.h"
#include "ledger/observations.h"

namespace segue::engine {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

// Two steps seal, two drop; the second drop is used so often as "USAGE" says.
Plan Whole() {
  Plan plan =
      PlanOf({StepOf(Phase::kExpanding, {SqlAction("ADD", 0)}),
              StepOf(Phase::kMigrating, {WalkAction(ActionKind::kVerify, 0)}),
              StepOf(Phase::kContracting, {SqlAction("SEAL 1", 0)}),
              StepOf(Phase::kContracting, {SqlAction("SEAL 2", 0)}),
              StepOf(Phase::kContracting, {IrreversibleAction("DROP 1", 0)},
                     Stage::kDrop),
              StepOf(Phase::kContracting, {IrreversibleAction("DROP 2", 0)},
                     Stage::kDrop)});
  plan.steps[5].actions[0].usage = "USAGE";
  return plan;
}

class ContractTest : public ::testing::Test {
 protected:
  void SetUp() override { Use(Whole(), std::chrono::milliseconds(10'000)); }

  void Use(Plan plan, std::chrono::milliseconds patience) {
    bed_ = std::make_unique<EngineBed>(
        std::move(plan), test::ScriptedDatabase::Embedded(), patience);
    bed_->MakeReady();
    scripted().Answer("USAGE", std::int64_t{5});
    // As the transition to "ready" keeps it.
    Observations(run().ledger)
        .Save(scripted().others(), "01_test", ObservationKind::kUsage,
              ActionName(run().row.plan.steps.size() - 1, 0),
              {std::int64_t{5}});
    bed_->run.lease.reset();  // each run below takes it
    watching_ = scripted().Watch(
        [this](const std::string& sql) { seen_.push_back(sql); });
  }
  // 'segue complete', as a process of its own.
  std::optional<ErrorKind> Complete(const std::string& reason = "") {
    seen_.clear();
    context_.emplace(scripted().database(), run().options);
    LiveRun live(*context_);
    try {
      live.Continue("", Phase::kComplete);
      live.RequireReady();
      live.Contract(reason);
    } catch (const Error& error) {
      message_ = error.what();
      notes_ = error.notes();
      return error.kind();
    }
    return std::nullopt;
  }
  void Fail(const std::string& where, ErrorKind kind) {
    scripted().Fail({where, {kind, "met"}});
  }
  // The statements of the plan that the last run has sent.
  std::vector<std::string> Sent() const {
    std::vector<std::string> sent;
    for (const std::string& sql : seen_) {
      for (const char* begin : {"VERIFY", "USAGE", "SEAL", "DROP", "UNDO"}) {
        if (sql.starts_with(begin)) sent.push_back(sql);
      }
    }
    return sent;
  }
  std::pair<Phase, SubState> Standing() {
    const MigrationRow row = run().Stored();
    return {row.phase, row.sub_state};
  }
  RunBed& run() { return bed_->run; }
  test::ScriptedDatabase& scripted() { return run().scripted; }

  const std::pair<Phase, SubState> ready_{Phase::kMigrating, SubState::kReady};
  const std::pair<Phase, SubState> sealed_{Phase::kContracting,
                                           SubState::kSealed};
  const std::pair<Phase, SubState> dropping_{Phase::kContracting,
                                             SubState::kDropping};
  const std::pair<Phase, SubState> complete_{Phase::kComplete, SubState::kNone};
  std::unique_ptr<EngineBed> bed_;
  std::optional<Context> context_;
  std::vector<std::string> seen_;
  std::string message_;
  std::vector<std::string> notes_;
  test::Watching watching_;  // last, because it refers to the others
};

TEST_F(ContractTest, EvidenceThenSealThenDrop) {
  std::vector<std::pair<std::string, SubState>> states;
  const auto watching = scripted().Watch([&](const std::string& sql) {
    seen_.push_back(sql);
    if (sql.starts_with("SEAL") || sql.starts_with("DROP")) {
      states.emplace_back(sql, run().Stored().sub_state);
    }
  });
  EXPECT_EQ(Complete(), std::nullopt);
  EXPECT_THAT(Sent(), ElementsAre("USAGE", "VERIFY all", "SEAL 1", "SEAL 2",
                                  "DROP 1", "DROP 2"));
  EXPECT_THAT(states,
              ElementsAre(std::make_pair("SEAL 1", SubState::kReady),
                          std::make_pair("SEAL 2", SubState::kReady),
                          std::make_pair("DROP 1", SubState::kSealed),
                          std::make_pair("DROP 2", SubState::kDropping)));
  EXPECT_EQ(Standing(), complete_);
}

TEST_F(ContractTest, SealedIsRecordedWithTheLastStepThatSeals) {
  int last_seal = -1;
  std::optional<SubState> after;
  const auto watching = scripted().Watch([&](const std::string& sql) {
    if (sql == "SEAL 2") last_seal = 0;
    if (last_seal < 0 || sql != "BEGIN" || after) return;
    after = run().Stored().sub_state;
  });
  EXPECT_EQ(Complete(), std::nullopt);
  EXPECT_EQ(after, SubState::kSealed);
  EXPECT_EQ(run().Told(Progress::Event::kSealed).size(), 1U);
}

TEST_F(ContractTest, WithoutAStepThatSealsItIsRecordedAllTheSame) {
  Plan plan = Whole();
  plan.steps.erase(plan.steps.begin() + 2, plan.steps.begin() + 4);
  Use(plan, std::chrono::milliseconds(10'000));
  std::optional<SubState> at_drop;
  const auto watching = scripted().Watch([&](const std::string& sql) {
    if (sql == "DROP 1") at_drop = run().Stored().sub_state;
  });
  EXPECT_EQ(Complete(), std::nullopt);
  EXPECT_EQ(at_drop, SubState::kSealed);
  EXPECT_EQ(run().Told(Progress::Event::kSealed).size(), 1U);
}

TEST_F(ContractTest, RowsThatDisagreePreventIt) {
  scripted().Answer("VERIFY", std::int64_t{17});
  EXPECT_EQ(Complete(), ErrorKind::kMismatch);
  EXPECT_THAT(message_, HasSubstr("t: id=17"));
  EXPECT_THAT(Sent(), Not(Contains("SEAL 1")));
  EXPECT_EQ(Standing(), ready_);
}

TEST_F(ContractTest, WhatIsInUsePreventsItUnlessAReasonIsGiven) {
  scripted().Answer("USAGE", std::int64_t{7});
  EXPECT_EQ(Complete(), ErrorKind::kRefused);
  EXPECT_THAT(message_, HasSubstr("queries used it 2 times"));
  EXPECT_THAT(Sent(), ElementsAre("USAGE"));
  EXPECT_EQ(Standing(), ready_);
  EXPECT_EQ(Complete("the report is dead"), std::nullopt);
  const auto forced = run().Events(EventKind::kForced);
  ASSERT_EQ(forced.size(), 1U);
  EXPECT_THAT(forced[0].message, HasSubstr("the report is dead (still in use"));
  EXPECT_EQ(Standing(), complete_);
}

TEST_F(ContractTest, ACountThatFellWasResetAndCountsFromZero) {
  scripted().Answer("USAGE", std::int64_t{1});
  EXPECT_EQ(Complete(), ErrorKind::kRefused);
  EXPECT_THAT(message_, HasSubstr("queries used it 1 time"));
}

TEST_F(ContractTest, AReasonIsNoEvidenceThatRowsAgree) {
  scripted().Answer("VERIFY", std::int64_t{17});
  EXPECT_EQ(Complete("never mind"), ErrorKind::kMismatch);
  EXPECT_EQ(Standing(), ready_);
}

TEST_F(ContractTest, AFailureBeforeTheFirstDropUndoesTheSeal) {
  for (const ErrorKind kind :
       {ErrorKind::kConstraint, ErrorKind::kRefused, ErrorKind::kInternal}) {
    for (const char* where : {"SEAL 2", "DROP 1"}) {
      SetUp();
      Fail(where, kind);
      EXPECT_EQ(Complete(), kind);
      EXPECT_EQ(Standing(), ready_) << where;
      EXPECT_EQ(run().StateOf(2, 0), ActionState::kPending);
      EXPECT_EQ(run().StateOf(3, 0), ActionState::kPending);
      EXPECT_THAT(Sent(), Contains("UNDO SEAL 1"));
      EXPECT_EQ(run().Events(EventKind::kFailed).size(), 1U);
      EXPECT_EQ(run().Stored().error, "met");
    }
  }
}

TEST_F(ContractTest, ALockThatIsWaitedForInVainUndoesTheSeal) {
  for (const ErrorKind kind :
       {ErrorKind::kLockTimeout, ErrorKind::kRetryable}) {
    Use(Whole(), std::chrono::milliseconds(0));
    Fail("SEAL 2", kind);
    EXPECT_EQ(Complete(), kind);
    EXPECT_EQ(Standing(), ready_);
    EXPECT_THAT(Sent(), Contains("UNDO SEAL 1"));
  }
}

TEST_F(ContractTest, AnInterruptionLeavesTheSealToTheNextRun) {
  for (const ErrorKind kind : {ErrorKind::kCancelled, ErrorKind::kConflict}) {
    SetUp();
    Fail("DROP 1", kind);
    EXPECT_EQ(Complete(), kind);
    EXPECT_EQ(Standing(), sealed_);
    EXPECT_THAT(Sent(), Not(Contains(HasSubstr("UNDO"))));
    EXPECT_EQ(run().StateOf(3, 0), ActionState::kDone);
  }
}

TEST_F(ContractTest, ALostConnectionInASealIsPassed) {
  Fail("SEAL 2", ErrorKind::kConnectionLost);
  EXPECT_EQ(Complete(), std::nullopt);
  EXPECT_THAT(Sent(), ElementsAre("USAGE", "VERIFY all", "SEAL 1", "SEAL 2",
                                  "SEAL 2", "DROP 1", "DROP 2"));
}

// Rows and queries have gone on since the earlier run died.
TEST_F(ContractTest, EveryRunThatHasDroppedNothingGathersItsEvidence) {
  for (const char* where : {"SEAL 1", "SEAL 2", "DROP 1"}) {
    SetUp();
    Fail(where, ErrorKind::kCancelled);
    EXPECT_EQ(Complete(), ErrorKind::kCancelled);
    EXPECT_EQ(Complete(), std::nullopt);
    const auto sent = Sent();
    const auto verify = std::find(sent.begin(), sent.end(), "VERIFY all");
    ASSERT_NE(verify, sent.end()) << where;
    EXPECT_THAT(
        std::vector<std::string>(verify, sent.end()),
        ElementsAre("VERIFY all", "SEAL 1", "SEAL 2", "DROP 1", "DROP 2"));
    EXPECT_THAT(sent, Contains("USAGE"));
    EXPECT_EQ(Standing(), complete_);
  }
}

TEST_F(ContractTest, ASealThatWasLeftIsUndoneBeforeTheCheckReads) {
  Fail("DROP 1", ErrorKind::kCancelled);
  EXPECT_EQ(Complete(), ErrorKind::kCancelled);
  scripted().Answer("VERIFY", std::int64_t{17});
  EXPECT_EQ(Complete(), ErrorKind::kMismatch);
  EXPECT_THAT(Sent(),
              ElementsAre("UNDO SEAL 2", "UNDO SEAL 1", "USAGE", "VERIFY all"));
  EXPECT_EQ(Standing(), ready_);
}

TEST_F(ContractTest, PastTheFirstDropThereIsOnlyForward) {
  for (const ErrorKind kind :
       {ErrorKind::kConstraint, ErrorKind::kRefused, ErrorKind::kCancelled}) {
    SetUp();
    Fail("DROP 2", kind);
    EXPECT_EQ(Complete(), kind);
    EXPECT_THAT(Sent(), Not(Contains(HasSubstr("UNDO"))));
    EXPECT_EQ(Standing(), dropping_);
    scripted().Answer("VERIFY", std::int64_t{17});
    EXPECT_EQ(Complete(), std::nullopt);
    EXPECT_THAT(Sent(), ElementsAre("DROP 2"));
    EXPECT_EQ(Standing(), complete_);
  }
}

// The process died between the drop and what the ledger says of the phase.
TEST_F(ContractTest, ADropThatIsDoneDecidesAndNotThePhase) {
  run().ledger.SetState(scripted().others(), "01_test", 4, 0,
                        ActionState::kDone);
  EXPECT_TRUE(PastFirstDrop(*bed_->context, run().row));
  context_.emplace(scripted().database(), run().options);
  LiveRun live(*context_);
  live.Continue("", Phase::kComplete);
  EXPECT_EQ(KindOf([&] { live.Undo(""); }), ErrorKind::kRefused);
}

TEST_F(ContractTest, ADropOutsideATransactionIsAskedFor) {
  Plan plan = Whole();
  plan.steps[4].actions[0].transactional = false;
  plan.steps[4].actions[0].probe = "GONE?";
  Use(plan, std::chrono::milliseconds(10'000));
  run().ledger.SetState(scripted().others(), "01_test", 4, 0,
                        ActionState::kRunning);
  EXPECT_FALSE(PastFirstDrop(*bed_->context, run().row));
  scripted().Answer("GONE?", std::int64_t{1});
  EXPECT_TRUE(PastFirstDrop(*bed_->context, run().row));
}

TEST_F(ContractTest, WhatIsRolledBackInPartIsNotContracted) {
  run().ledger.SetState(scripted().others(), "01_test", 1, 0,
                        ActionState::kUndone);
  EXPECT_EQ(Complete(), ErrorKind::kRefused);
  EXPECT_THAT(message_, HasSubstr("is rolling back"));
  EXPECT_THAT(Sent(), IsEmpty());
}

TEST_F(ContractTest, AnUndoThatFailsTooDoesNotHideTheFirstError) {
  Fail("DROP 1", ErrorKind::kConstraint);
  Fail("UNDO SEAL 2", ErrorKind::kInternal);
  EXPECT_EQ(Complete(), ErrorKind::kConstraint);
  EXPECT_THAT(notes_, ElementsAre(HasSubstr("the contract was not undone")));
  EXPECT_EQ(Complete(), std::nullopt);
  EXPECT_EQ(Standing(), complete_);
}

TEST_F(ContractTest, ContractBegunSaysWhetherAnythingOfItWasRun) {
  EXPECT_FALSE(ContractBegun(*bed_->context, run().row));
  for (const ActionState state :
       {ActionState::kRunning, ActionState::kDone, ActionState::kUndone}) {
    run().ledger.SetState(scripted().others(), "01_test", 2, 0, state);
    EXPECT_TRUE(ContractBegun(*bed_->context, run().row));
  }
}

}  // namespace
}  // namespace segue::engine
