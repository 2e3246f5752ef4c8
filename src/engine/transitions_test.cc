#include "engine/transitions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/engine_bed.h"
#include "ledger/observations.h"
#include "ledger/versions.h"

namespace segue::engine {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Plan Versioned() {
  Plan plan = PlanOf({StepOf(Phase::kExpanding, {SqlAction("ADD", 0)}),
                      StepOf(Phase::kContracting,
                             {IrreversibleAction("DROP", 0)}, Stage::kDrop)});
  plan.steps[1].actions[0].usage = "USAGE";
  plan.version = "01_test";
  plan.version_schema = "main_01_test";
  return plan;
}

class TransitionsTest : public ::testing::Test {
 protected:
  TransitionsTest() { scripted().Answer("USAGE", std::int64_t{5}); }

  Transitions& transitions() { return *bed_.transitions; }
  RunBed& run() { return bed_.run; }
  test::ScriptedDatabase& scripted() { return run().scripted; }
  std::pair<Phase, SubState> Stored() {
    const MigrationRow row = run().Stored();
    return {row.phase, row.sub_state};
  }
  std::pair<Phase, SubState> InMemory() {
    return {run().row.phase, run().row.sub_state};
  }
  // Both say the same.
  void ExpectAt(Phase phase, SubState sub_state) {
    EXPECT_EQ(Stored(), std::make_pair(phase, sub_state));
    EXPECT_EQ(InMemory(), std::make_pair(phase, sub_state));
  }
  void MoveToBackfilling() {
    transitions().MoveTo(Phase::kExpanding, SubState::kNone);
    transitions().MoveTo(Phase::kMigrating, SubState::kBackfilling);
  }
  // "name state" of each published version.
  std::vector<std::string> Versions() {
    std::vector<std::string> texts;
    for (const VersionInfo& version :
         PublishedVersions(run().ledger).All(scripted().others())) {
      texts.push_back(version.name + " " + version.state);
    }
    return texts;
  }
  std::optional<std::vector<db::Value>> Usage() {
    return Observations(run().ledger)
        .Load(scripted().others(), "01_test", ObservationKind::kUsage,
              ActionName(1, 0));
  }

  EngineBed bed_{Versioned()};
};

TEST_F(TransitionsTest, AMoveIsInTheLedgerAndInMemory) {
  ExpectAt(Phase::kPending, SubState::kNone);
  transitions().MoveTo(Phase::kExpanding, SubState::kNone);
  ExpectAt(Phase::kExpanding, SubState::kNone);
}

TEST_F(TransitionsTest, WhereItIsAlreadyNothingIsWritten) {
  transitions().MoveTo(Phase::kExpanding, SubState::kNone);
  const int begins = scripted().Count("BEGIN");
  transitions().MoveTo(Phase::kExpanding, SubState::kNone);
  EXPECT_EQ(scripted().Count("BEGIN"), begins);
}

TEST_F(TransitionsTest, WhereNoWayLeadsIsADefect) {
  EXPECT_EQ(KindOf([&] {
              transitions().MoveTo(Phase::kContracting, SubState::kDropping);
            }),
            ErrorKind::kInternal);
  ExpectAt(Phase::kPending, SubState::kNone);
}

TEST_F(TransitionsTest, WhoWasReplacedMovesNothing) {
  run().TakeLeaseOver();
  EXPECT_EQ(
      KindOf([&] { transitions().MoveTo(Phase::kExpanding, SubState::kNone); }),
      ErrorKind::kConflict);
  ExpectAt(Phase::kPending, SubState::kNone);
}

TEST_F(TransitionsTest, ALedgerThatIsLockedForAMomentIsAskedAgain) {
  for (const ErrorKind kind :
       {ErrorKind::kRetryable, ErrorKind::kLockTimeout}) {
    scripted().Fail({"COMMIT", {kind, "met"}});
    int ran = 0;
    transitions().InLedger([&] {
      ++ran;
      transitions().AddEvent(EventKind::kNote, "once");
    });
    EXPECT_EQ(ran, 2);
  }
  EXPECT_EQ(run().Events(EventKind::kNote).size(), 2U);
}

TEST_F(TransitionsTest, AnythingElseIsNotTriedAgainAndMovesNothing) {
  for (const ErrorKind kind : {ErrorKind::kRefused, ErrorKind::kConstraint,
                               ErrorKind::kCancelled, ErrorKind::kInternal}) {
    const int begins = scripted().Count("BEGIN");
    scripted().Fail({"SET phase", {kind, "met"}});
    EXPECT_EQ(KindOf([&] {
                transitions().MoveTo(Phase::kExpanding, SubState::kNone);
              }),
              kind);
    EXPECT_EQ(scripted().Count("BEGIN"), begins + 1) << ToString(kind);
    ExpectAt(Phase::kPending, SubState::kNone);
  }
}

// Whether it happened, the ledger has to say; memory takes it for undone.
TEST_F(TransitionsTest, ACommitInDoubtIsNotTriedAgain) {
  scripted().Fail({"COMMIT", {ErrorKind::kInDoubt, "lost"}, 1, true});
  int ran = 0;
  EXPECT_EQ(KindOf([&] { transitions().InLedger([&] { ++ran; }); }),
            ErrorKind::kInDoubt);
  EXPECT_EQ(ran, 1);
}

TEST_F(TransitionsTest, ReadyComesWithItsVersionAndTheUsageSoFar) {
  MoveToBackfilling();
  run().ledger.SetError(scripted().others(), "01_test", "of an earlier run");
  transitions().BecomeReady();
  ExpectAt(Phase::kMigrating, SubState::kReady);
  EXPECT_THAT(Versions(), ElementsAre("01_test live"));
  EXPECT_EQ(Usage(), std::vector<db::Value>{std::int64_t{5}});
  EXPECT_EQ(run().Stored().error, "");
  EXPECT_EQ(run().Events(EventKind::kReady).size(), 1U);
}

TEST_F(TransitionsTest, ReadyIsAllOfThatOrNothing) {
  for (const char* where :
       {"USAGE", "INSERT INTO segue_version", "INSERT INTO segue_event"}) {
    EngineBed bed(Versioned());
    bed.run.scripted.Answer("USAGE", std::int64_t{5});
    bed.transitions->MoveTo(Phase::kExpanding, SubState::kNone);
    bed.transitions->MoveTo(Phase::kMigrating, SubState::kBackfilling);
    bed.run.scripted.Fail({where, {ErrorKind::kInternal, "met"}});
    EXPECT_EQ(KindOf([&] { bed.transitions->BecomeReady(); }),
              ErrorKind::kInternal);
    EXPECT_EQ(bed.run.Stored().sub_state, SubState::kBackfilling) << where;
    EXPECT_EQ(bed.run.row.sub_state, SubState::kBackfilling);
    EXPECT_THAT(bed.run.Events(EventKind::kReady), IsEmpty());
    EXPECT_EQ(bed.run.scripted.Ask("SELECT count(*) FROM segue_observation"),
              db::Value(std::int64_t{0}));
  }
}

TEST_F(TransitionsTest, CompleteRetiresTheOtherVersions) {
  PublishedVersions(run().ledger).Add(scripted().others(), "00", "main_00");
  MoveToBackfilling();
  transitions().BecomeReady();
  transitions().BecomeComplete({"index i: 4 scans"});
  ExpectAt(Phase::kComplete, SubState::kNone);
  EXPECT_THAT(Versions(), ElementsAre("00 retired", "01_test live"));
  EXPECT_EQ(run().Events(EventKind::kComplete).size(), 1U);
  ASSERT_EQ(run().Events(EventKind::kContracting).size(), 1U);
  EXPECT_EQ(run().Told(Progress::Event::kComplete).size(), 1U);
}

TEST_F(TransitionsTest, RolledBackTakesTheVersionBack) {
  PublishedVersions(run().ledger).Add(scripted().others(), "00", "main_00");
  MoveToBackfilling();
  transitions().BecomeReady();
  transitions().BecomeRolledBack();
  ExpectAt(Phase::kRolledBack, SubState::kNone);
  EXPECT_THAT(Versions(), ElementsAre("00 live"));
  EXPECT_EQ(run().Told(Progress::Event::kRolledBack).size(), 1U);
}

// The row of one whose work the plan of the other does.
MigrationRow Part() {
  MigrationRow part;
  part.id = "00_part";
  part.folded_into = "01_test";
  return part;
}

TEST_F(TransitionsTest, WhatIsFoldedInMovesAlong) {
  transitions().Intend({Part()}, {}, {"a note"});
  MoveToBackfilling();
  auto stored = run().ledger.Load(scripted().others(), "00_part");
  ASSERT_TRUE(stored);
  EXPECT_EQ(stored->folded_into, "01_test");
  EXPECT_EQ(stored->sub_state, SubState::kBackfilling);
  transitions().BecomeReady();
  transitions().BecomeComplete({});
  stored = run().ledger.Load(scripted().others(), "00_part");
  EXPECT_EQ(stored->phase, Phase::kComplete);
  std::vector<std::string> finished;
  for (const HistoryEntry& entry : run().Events(EventKind::kComplete)) {
    finished.push_back(entry.migration);
  }
  EXPECT_THAT(finished, ElementsAre("01_test", "00_part"));
  EXPECT_EQ(run().Events(EventKind::kNote).size(), 1U);
}

TEST_F(TransitionsTest, AnIntentIsWrittenWholeOrNotAtAll) {
  scripted().others().Execute("DELETE FROM segue_migration");
  scripted().Fail({"INSERT INTO segue_event", {ErrorKind::kInternal, "met"}});
  EXPECT_EQ(KindOf([&] { transitions().Intend({Part()}, {}, {}); }),
            ErrorKind::kInternal);
  EXPECT_EQ(scripted().Ask("SELECT count(*) FROM segue_migration"),
            db::Value(std::int64_t{0}));
}

TEST_F(TransitionsTest, UnsealedIsReadyWithTheContractForgotten) {
  MoveToBackfilling();
  transitions().BecomeReady();
  for (const int step : {0, 1}) {
    run().ledger.SetState(scripted().others(), "01_test", step, 0,
                          ActionState::kDone);
  }
  transitions().MoveTo(Phase::kContracting, SubState::kSealed);
  transitions().BecomeUnsealed();
  ExpectAt(Phase::kMigrating, SubState::kReady);
  EXPECT_EQ(run().StateOf(0, 0), ActionState::kDone);
  EXPECT_EQ(run().StateOf(1, 0), ActionState::kPending);
}

TEST_F(TransitionsTest, RollingBackIsRecordedWithItsVersion) {
  MoveToBackfilling();
  transitions().BecomeReady();
  transitions().BeginRollback();
  ExpectAt(Phase::kMigrating, SubState::kRollingBack);
  EXPECT_THAT(Versions(), ElementsAre("01_test rolling back"));
  const int begins = scripted().Count("BEGIN");
  transitions().BeginRollback();
  EXPECT_EQ(scripted().Count("BEGIN"), begins);
}

TEST_F(TransitionsTest, AnAbandonedMigrationKeepsTheReason) {
  MoveToBackfilling();
  transitions().BeginRollback();
  transitions().BecomeRolledBack({}, "the table is gone");
  ExpectAt(Phase::kRolledBack, SubState::kAbandoned);
  ASSERT_EQ(run().Events(EventKind::kAbandoned).size(), 1U);
  EXPECT_EQ(run().Events(EventKind::kAbandoned)[0].message,
            "the table is gone");
}

TEST_F(TransitionsTest, AFailureAndAStopAreToldApartInTheHistory) {
  transitions().RecordError(Error(ErrorKind::kConstraint, "a duplicate"));
  transitions().RecordError(Error(ErrorKind::kCancelled, "told to stop"));
  ASSERT_EQ(run().Events(EventKind::kFailed).size(), 1U);
  EXPECT_EQ(run().Events(EventKind::kFailed)[0].message, "a duplicate");
  EXPECT_EQ(run().Events(EventKind::kStopped).size(), 1U);
  EXPECT_EQ(run().Stored().error, "told to stop");
}

TEST_F(TransitionsTest, AFailureThatCannotBeRecordedIsNoFurtherOne) {
  scripted().Fail({"SET error", {ErrorKind::kInternal, "met"}});
  EXPECT_NO_THROW(
      transitions().RecordError(Error(ErrorKind::kConstraint, "first")));
  EXPECT_THAT(run().Events(EventKind::kFailed), IsEmpty());
  scripted().Fail({"SELECT 1", {ErrorKind::kConnectionLost, "gone"}});
  EXPECT_THROW(run().db().Execute("SELECT 1"), Error);
  EXPECT_NO_THROW(
      transitions().RecordError(Error(ErrorKind::kConnectionLost, "gone")));
}

}  // namespace
}  // namespace segue::engine
