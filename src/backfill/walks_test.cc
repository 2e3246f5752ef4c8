// Tests whole walks: what a run finds, does and leaves in the ledger.
#include "backfill/walks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "backfill/run_bed.h"
#include "backfill/verifier.h"

namespace segue::engine {
namespace {

using test::Affected;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

MotionSql Motion() {
  MotionSql motion = MotionNamed("m");
  motion.repair = WalkNamed("REPAIR", true);
  motion.after_fill = "ANALYZE";
  return motion;
}

class WalksTest : public ::testing::Test {
 protected:
  WalksTest() { Use(test::ScriptedDatabase::Embedded(), Motion()); }

  void Use(db::Capabilities can, MotionSql motion) {
    bed_ = std::make_unique<RunBed>(std::move(can));
    Plan plan = PlanOf(
        {StepOf(Phase::kMigrating, {WalkAction(ActionKind::kVerify, 0)})});
    plan.motions = {std::move(motion)};
    bed_->Begin(std::move(plan));
    bed_->scripted.Answer("FILL", Affected(4));
    bed_->scripted.Answer("REPAIR", Affected(2));
    pacing_ = std::make_unique<Pacing>(bed_->context());
    walks_ = std::make_unique<Walks>(bed_->context(), *pacing_);
  }
  const MotionSql& motion() { return bed_->row.plan.motions[0]; }
  std::optional<ErrorKind> Fill() {
    return Try([&] { walks_->Fill(motion()); });
  }
  std::optional<ErrorKind> Verify() {
    return Try([&] { walks_->Verify(motion(), motion().verify); });
  }
  std::optional<ErrorKind> Try(const std::function<void()>& work) {
    try {
      work();
    } catch (const Error& error) {
      message_ = error.what();
      return error.kind();
    }
    return std::nullopt;
  }
  VerifyReport VerifyAll(bool repair) {
    VerifyOptions options;
    options.repair = repair;
    return Verifier(bed_->context(), *walks_).VerifyAll(options);
  }
  // VERIFY finds these rows the first time, and none later.
  void FindOnce(std::int64_t key) {
    scripted().Answer("VERIFY", key);
    watching_ = scripted().Watch([this](const std::string& sql) {
      if (sql.starts_with("FILL") || sql.starts_with("REPAIR")) {
        scripted().Answer("VERIFY", db::Result{});
      }
    });
  }
  std::optional<MotionRow> Stored(const std::string& activity) {
    return bed_->ledger.LoadMotion(scripted().others(), "01_test", "m",
                                   activity);
  }
  std::int64_t RangesLeft() {
    return db::ToInt(scripted().Ask("SELECT count(*) FROM segue_range"));
  }
  test::ScriptedDatabase& scripted() { return bed_->scripted; }

  std::unique_ptr<RunBed> bed_;
  std::unique_ptr<Pacing> pacing_;
  std::unique_ptr<Walks> walks_;
  std::string message_;
  test::Watching watching_;
};

TEST_F(WalksTest, AFillLeavesWhatItCameToAndNoRanges) {
  EXPECT_EQ(Fill(), std::nullopt);
  EXPECT_THAT(scripted().Done(), Contains("FILL all"));
  EXPECT_EQ(scripted().Done().back(), "ANALYZE");
  ASSERT_TRUE(Stored("backfill"));
  EXPECT_TRUE(Stored("backfill")->done);
  EXPECT_EQ(Stored("backfill")->rows, 4);
  EXPECT_EQ(RangesLeft(), 0);
  const auto told = bed_->Told(Progress::Event::kRows);
  ASSERT_FALSE(told.empty());
  EXPECT_EQ(told.back().rows_done, 4);
}

TEST_F(WalksTest, AFillThatIsDoneIsNotWalkedAgain) {
  EXPECT_EQ(Fill(), std::nullopt);
  EXPECT_EQ(Fill(), std::nullopt);
  EXPECT_EQ(scripted().Count("FILL"), 1);
}

// The lease says that the runner which had them is gone.
TEST_F(WalksTest, WhatAnEarlierRunnerHadClaimedIsFreeAtOnce) {
  LedgerRanges ranges(bed_->ledger, "01_test", "m", "backfill");
  ranges.Create(scripted().others(), {{std::int64_t{10}}});
  ranges.Claim(scripted().others(), "runner elsewhere:7");
  EXPECT_EQ(Fill(), std::nullopt);
  EXPECT_THAT(scripted().Done(), Contains("FILL upto"));
  EXPECT_THAT(scripted().Done(), Contains("FILL after"));
  EXPECT_THAT(scripted().Done(), Not(Contains("FILL all")));
}

// Another runner may have taken the lease between two chunks.
TEST_F(WalksTest, WhoWasReplacedWritesNoFurtherChunk) {
  bool replaced = false;
  const auto watching = scripted().Watch([&](const std::string& sql) {
    if (replaced || sql.find("segue_control c") == std::string::npos) return;
    replaced = true;
    bed_->TakeLeaseOver();
  });
  EXPECT_EQ(Fill(), ErrorKind::kConflict);
  EXPECT_THAT(scripted().Done(), Not(Contains("FILL all")));
}

TEST_F(WalksTest, ALostAnswerAtTheEndOfAWalkLosesNoCount) {
  const auto watching = scripted().Watch([this](const std::string& sql) {
    if (sql.find("DELETE FROM segue_range") == std::string::npos) return;
    if (scripted().Count("DELETE FROM segue_range") > 2) return;
    scripted().Fail({"COMMIT", {ErrorKind::kInDoubt, "lost"}, 1, true});
  });
  EXPECT_EQ(Fill(), std::nullopt);
  EXPECT_EQ(Stored("backfill")->rows, 4);
  EXPECT_TRUE(Stored("backfill")->done);
}

TEST_F(WalksTest, AFillThatBreaksAConstraintSaysOfWhichTable) {
  scripted().Fail({"FILL", {ErrorKind::kConstraint, "check failed"}});
  EXPECT_EQ(Fill(), ErrorKind::kConstraint);
  EXPECT_EQ(message_, "the backfill of 't' failed: check failed");
  EXPECT_FALSE(Stored("backfill")->done);
}

TEST_F(WalksTest, AWalkThatThePlanDoesNotHaveIsCorrupt) {
  MotionSql motion = Motion();
  motion.settle.reset();
  Use(test::ScriptedDatabase::Embedded(), motion);
  EXPECT_EQ(Try([&] { walks_->Settle(bed_->row.plan.motions[0]); }),
            ErrorKind::kCorrupt);
}

TEST_F(WalksTest, RowsThatDisagreeAreNamed) {
  scripted().Answer("VERIFY", std::int64_t{17});
  EXPECT_EQ(Verify(), ErrorKind::kMismatch);
  EXPECT_THAT(message_, HasSubstr("t: id=17"));
  EXPECT_EQ(scripted().Count("FILL"), 0);
}

// Sessions whose triggers are off leave such rows.
TEST_F(WalksTest, RowsThatNoTriggerSawAreFilledBeforeTheyCountAsWrong) {
  EXPECT_EQ(Fill(), std::nullopt);
  scripted().Answer("COUNT LEFT", std::int64_t{3});
  FindOnce(17);
  EXPECT_EQ(Verify(), std::nullopt);
  EXPECT_EQ(scripted().Count("FILL"), 2);
  EXPECT_EQ(scripted().Count("VERIFY"), 2);
  ASSERT_EQ(bed_->Events(EventKind::kFill).size(), 1U);
  EXPECT_EQ(bed_->Events(EventKind::kFill)[0].message,
            "rows of 't' that no trigger saw: 3");
}

TEST_F(WalksTest, AtMostAHundredRowsAreNamed) {
  db::Result many;
  for (std::int64_t key = 0; key < 130; ++key) many.rows.push_back({key});
  scripted().Answer("VERIFY", many);
  const Disagreement found = walks_->Check(motion(), motion().verify, nullptr);
  EXPECT_EQ(found.rows.size(), 100U);
}

TEST_F(WalksTest, ACheckWritesNothing) {
  EXPECT_EQ(Verify(), std::nullopt);
  EXPECT_EQ(RangesLeft(), 0);
  EXPECT_FALSE(Stored("verify"));
}

TEST_F(WalksTest, AReportListsWhatDisagreesAndThrowsNothing) {
  scripted().Answer("VERIFY", std::int64_t{17});
  const VerifyReport report = VerifyAll(false);
  EXPECT_FALSE(report.clean());
  EXPECT_THAT(report.mismatches, ElementsAre("t: id=17"));
  EXPECT_EQ(scripted().Count("REPAIR"), 0);
}

TEST_F(WalksTest, ARepairIsCheckedAnewAndInTheHistory) {
  FindOnce(17);
  const VerifyReport report = VerifyAll(true);
  EXPECT_TRUE(report.clean());
  EXPECT_EQ(report.rows_repaired, 2);
  EXPECT_EQ(scripted().Count("VERIFY"), 2);
  ASSERT_EQ(bed_->Events(EventKind::kRepaired).size(), 1U);
  EXPECT_FALSE(Stored("repair"));
}

TEST_F(WalksTest, WhatADeadRepairHadDoneIsInTheHistoryOnce) {
  scripted().Answer("VERIFY", std::int64_t{17});
  scripted().Fail({"segue_motion", {ErrorKind::kInternal, "killed"}, 4});
  EXPECT_EQ(Try([&] { VerifyAll(true); }), ErrorKind::kInternal);
  scripted().Answer("VERIFY", db::Result{});
  VerifyAll(true);
  VerifyAll(true);
  EXPECT_EQ(bed_->Events(EventKind::kRepaired).size(), 1U);
}

TEST_F(WalksTest, WithoutAStatementForItARepairIsRefused) {
  MotionSql motion = Motion();
  motion.repair.reset();
  Use(test::ScriptedDatabase::Embedded(), motion);
  scripted().Answer("VERIFY", std::int64_t{17});
  EXPECT_EQ(Try([&] { VerifyAll(true); }), ErrorKind::kRefused);
}

class TeamTest : public WalksTest {
 protected:
  static constexpr int kRanges = 8;

  TeamTest() { UseTeam(); }

  void UseTeam() {
    Use(test::ScriptedDatabase::Server(), Motion());
    bed_->options.workers = 3;
    scripted().Answer("ESTIMATE", std::int64_t{1'000'000});
    db::Result cuts;
    for (std::int64_t cut = 1; cut < kRanges; ++cut) {
      cuts.rows.push_back({cut});
    }
    scripted().Answer("CUTS", cuts);
  }
  std::int64_t Fills() {
    std::int64_t fills = 0;
    for (const std::string& sql : scripted().Done()) {
      if (sql.starts_with("FILL")) ++fills;
    }
    return fills;
  }
};

TEST_F(TeamTest, EachRangeIsFilledOnce) {
  const int connects = scripted().connects();
  EXPECT_EQ(Fill(), std::nullopt);
  EXPECT_EQ(Fills(), kRanges);
  EXPECT_EQ(scripted().connects(), connects + 2);
  EXPECT_EQ(Stored("backfill")->rows, 4 * kRanges);
}

TEST_F(TeamTest, ErrorsThatPassAreMetByWhoeverMeetsThem) {
  for (const ErrorKind kind : {ErrorKind::kRetryable, ErrorKind::kLockTimeout,
                               ErrorKind::kConnectionLost}) {
    scripted().Fail({"FILL", {kind, "met"}, 2});
  }
  EXPECT_EQ(Fill(), std::nullopt);
  EXPECT_EQ(Fills(), kRanges);
  EXPECT_EQ(Stored("backfill")->rows, 4 * kRanges);
}

TEST_F(TeamTest, AnErrorThatLastsEndsTheWalkWhoeverMeetsIt) {
  for (int nth = 1; nth <= 3; ++nth) {
    UseTeam();
    scripted().Fail({"FILL", {ErrorKind::kConstraint, "check failed"}, nth});
    EXPECT_EQ(Fill(), ErrorKind::kConstraint);
  }
}

// The other workers take over the range that it had.
TEST_F(TeamTest, AWorkerThatCannotConnectIsMissedByNobody) {
  scripted().Fail({"CONNECT", {ErrorKind::kConnectionLost, "too many"}});
  EXPECT_EQ(Fill(), std::nullopt);
  EXPECT_EQ(Fills(), kRanges);
  EXPECT_THAT(bed_->Events(EventKind::kNote),
              Contains(testing::Field(&HistoryEntry::message,
                                      HasSubstr("a worker stopped"))));
}

TEST_F(TeamTest, WhereOneSessionWritesAtATimeThereIsNoTeam) {
  db::Capabilities can = test::ScriptedDatabase::Server();
  can.parallel_writers = false;
  Use(can, Motion());
  bed_->options.workers = 3;
  const int connects = scripted().connects();
  EXPECT_EQ(Fill(), std::nullopt);
  EXPECT_EQ(scripted().connects(), connects);
}

}  // namespace
}  // namespace segue::engine
