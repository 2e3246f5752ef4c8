#include "backfill/worker.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "backfill/run_bed.h"
#include "backfill/worker_session.h"
#include "base/clock.h"

namespace segue::engine {
namespace {

using test::Affected;
using testing::AllOf;
using testing::ElementsAre;
using testing::Ge;
using testing::IsEmpty;
using testing::Lt;

// Lets the worker go on, and remembers what it was told.
class Remembering : public Overseer {
 public:
  double BeforeChunk() override {
    ++chunks;
    if (before_chunk) before_chunk();
    return share;
  }
  void BeforeClaim() override { ++claims; }
  void Waiting() override {
    ++waits;
    if (waiting) waiting();
  }
  void Moved(std::int64_t /*asked*/, std::int64_t moved) override {
    rows.push_back(moved);
  }

  std::function<void()> before_chunk;
  std::function<void()> waiting;
  double share = 1;
  int chunks = 0;
  int claims = 0;
  int waits = 0;
  std::vector<std::int64_t> rows;
};

class WorkerTest : public ::testing::Test {
 protected:
  WorkerTest() {
    bed_.scripted.Answer("FILL", Affected(4));
    ranges_.Create(bed_.db(), {{std::int64_t{10}}});
  }

  void Walk(const WalkSql& walk, WalkOptions options = {}) {
    Worker(session_, overseer_, {ranges_, "w", throttle_})
        .Walk(walk, options, [](const db::Result&) {});
  }
  std::optional<ErrorKind> Fill() {
    return KindOf([&] { Walk(WalkNamed("FILL", true)); });
  }
  std::vector<std::string> Fills(const std::vector<std::string>& all) const {
    std::vector<std::string> fills;
    for (const std::string& sql : all) {
      if (sql.starts_with("FILL")) fills.push_back(sql);
    }
    return fills;
  }
  std::vector<std::string> Done() const { return Fills(bed_.scripted.Done()); }
  std::vector<std::string> Tried() const {
    return Fills(bed_.scripted.Tried());
  }
  // Both ranges are somebody else's.
  void TakeAll() {
    bed_.scripted.others().Execute(
        "UPDATE segue_range SET worker = 'other', expires = 2000000");
  }

  RunBed bed_;
  bool stop_ = false;
  WorkerSession session_{bed_.scripted.database(), bed_.options,
                         [this] { return stop_; }};
  LedgerRanges ranges_{bed_.ledger, "01_test", "m", "backfill"};
  Throttle throttle_{bed_.scripted.database(), {}, base::SystemClock()};
  Remembering overseer_;
};

TEST_F(WorkerTest, AllRangesAreWalkedAndTheRowsCounted) {
  EXPECT_EQ(Fill(), std::nullopt);
  EXPECT_THAT(Done(), ElementsAre("FILL upto", "FILL after"));
  EXPECT_THAT(overseer_.rows, ElementsAre(4, 4));
  EXPECT_EQ(overseer_.claims, 3);
  const RangeTotals totals = ranges_.Totals(bed_.db());
  EXPECT_EQ(totals.left, 0);
  EXPECT_EQ(totals.rows, 8);
}

TEST_F(WorkerTest, ARangeGoesOnWhereItWasSaved) {
  Span span = *ranges_.Claim(bed_.db(), "w");
  span.cursor = {std::int64_t{7}};
  db::Transaction transaction(bed_.db(), {});
  ASSERT_TRUE(ranges_.Commit(transaction, "w", span));
  EXPECT_EQ(Fill(), std::nullopt);
  EXPECT_THAT(Done(),
              testing::UnorderedElementsAre("FILL between", "FILL after"));
}

TEST_F(WorkerTest, AChunkEndsAtTheNextBound) {
  db::Result bound;
  bound.rows = {{std::int64_t{5}}};
  bed_.scripted.Answer("BOUND UPTO", bound);
  EXPECT_EQ(Fill(), std::nullopt);
  EXPECT_THAT(Done(), ElementsAre("FILL upto", "FILL between", "FILL after"));
}

TEST_F(WorkerTest, AnErrorThatPassesLosesNothingAndDoesNothingTwice) {
  for (const ErrorKind kind : {ErrorKind::kRetryable, ErrorKind::kLockTimeout,
                               ErrorKind::kConnectionLost}) {
    bed_.scripted.Fail({"FILL upto", {kind, "met"}});
  }
  EXPECT_EQ(Fill(), std::nullopt);
  EXPECT_THAT(Tried(), ElementsAre("FILL upto", "FILL upto", "FILL upto",
                                   "FILL upto", "FILL after"));
  EXPECT_THAT(Done(), ElementsAre("FILL upto", "FILL after"));
  EXPECT_EQ(ranges_.Totals(bed_.db()).rows, 8);
}

TEST_F(WorkerTest, ACommitWhoseAnswerWasLostIsNotDoneTwice) {
  bed_.scripted.Fail(
      {"COMMIT", {ErrorKind::kInDoubt, "lost"}, /*nth=*/2, true});
  EXPECT_EQ(Fill(), std::nullopt);
  EXPECT_THAT(Done(), ElementsAre("FILL upto", "FILL after"));
  EXPECT_EQ(ranges_.Totals(bed_.db()).rows, 8);
}

TEST_F(WorkerTest, AfterACommitInDoubtTheSavedPositionCounts) {
  db::Result bound;
  bound.rows = {{std::int64_t{5}}};
  bed_.scripted.Answer("BOUND UPTO", bound);
  bed_.scripted.Fail(
      {"COMMIT", {ErrorKind::kInDoubt, "lost"}, /*nth=*/2, true});
  EXPECT_EQ(Fill(), std::nullopt);
  EXPECT_THAT(Done(), ElementsAre("FILL upto", "FILL between", "FILL after"));
  EXPECT_EQ(ranges_.Totals(bed_.db()).rows, 12);
}

TEST_F(WorkerTest, ACommitThatWasLostItselfIsDoneAgain) {
  bed_.scripted.Fail({"COMMIT", {ErrorKind::kInDoubt, "lost"}, /*nth=*/2});
  EXPECT_EQ(Fill(), std::nullopt);
  EXPECT_THAT(Tried(), ElementsAre("FILL upto", "FILL upto", "FILL after"));
  EXPECT_THAT(Done(), ElementsAre("FILL upto", "FILL after"));
}

TEST_F(WorkerTest, ALostAnswerToAClaimLeavesNoRangeBehind) {
  bed_.scripted.Fail({"COMMIT", {ErrorKind::kInDoubt, "lost"}, 1, true});
  EXPECT_EQ(Fill(), std::nullopt);
  EXPECT_THAT(Done(), testing::UnorderedElementsAre("FILL upto", "FILL after"));
  EXPECT_EQ(ranges_.Totals(bed_.db()).left, 0);
}

TEST_F(WorkerTest, AnErrorThatLastsEndsTheWalkAndKeepsThePosition) {
  for (const ErrorKind kind :
       {ErrorKind::kConstraint, ErrorKind::kRefused, ErrorKind::kConflict,
        ErrorKind::kCancelled, ErrorKind::kInternal}) {
    bed_.scripted.Fail({"FILL", {kind, "met"}});
    const std::size_t tried = Tried().size();
    EXPECT_EQ(Fill(), kind);
    EXPECT_EQ(Tried().size(), tried + 1) << ToString(kind);
    EXPECT_THAT(Done(), IsEmpty());
    ranges_.GiveUp(bed_.db(), "w");
  }
  EXPECT_EQ(ranges_.Totals(bed_.db()).left, 2);
}

TEST_F(WorkerTest, WhereARowRefusesTheRangeGoesTheCarefulWay) {
  bed_.scripted.Fail({"FILL upto", {ErrorKind::kConstraint, "check"}});
  WalkSql walk = WalkNamed("FILL", true);
  walk.when_refused = {"FILL CAREFULLY all", "FILL CAREFULLY after",
                       "FILL CAREFULLY upto", "FILL CAREFULLY between"};
  Walk(walk);
  EXPECT_THAT(Done(), ElementsAre("FILL CAREFULLY upto", "FILL after"));
}

TEST_F(WorkerTest, AChunkOfARangeThatWasTakenOverIsRolledBack) {
  overseer_.before_chunk = [&] {
    if (overseer_.chunks == 1) TakeAll();
  };
  overseer_.waiting = [&] {
    bed_.scripted.others().Execute("UPDATE segue_range SET done = 1");
  };
  EXPECT_EQ(Fill(), std::nullopt);
  EXPECT_THAT(Tried(), ElementsAre("FILL upto"));
  EXPECT_THAT(Done(), IsEmpty());
  EXPECT_THAT(overseer_.rows, IsEmpty());
}

// A rollback deletes the ranges before the columns that they are about.
TEST_F(WorkerTest, ARefusalEndsAWalkQuietlyWhoseRangesAreGone) {
  bed_.scripted.Fail({"FILL", {ErrorKind::kRefused, "no such column"}});
  overseer_.before_chunk = [&] { ranges_.Forget(bed_.scripted.others()); };
  EXPECT_EQ(Fill(), std::nullopt);
  EXPECT_THAT(Done(), IsEmpty());
}

TEST_F(WorkerTest, WhatOthersHaveIsWaitedFor) {
  TakeAll();
  overseer_.waiting = [&] { ranges_.GiveUp(bed_.db(), "other"); };
  EXPECT_EQ(Fill(), std::nullopt);
  EXPECT_EQ(overseer_.waits, 1);
  EXPECT_EQ(overseer_.chunks, 3);  // it asks whether it may wait, too
  EXPECT_THAT(Done(), ElementsAre("FILL upto", "FILL after"));
}

TEST_F(WorkerTest, TheOverseerEndsTheWork) {
  overseer_.before_chunk = [&] {
    if (overseer_.chunks == 2) throw Error(ErrorKind::kCancelled, "enough");
  };
  EXPECT_EQ(Fill(), ErrorKind::kCancelled);
  EXPECT_THAT(Done(), ElementsAre("FILL upto"));
}

TEST_F(WorkerTest, AStopEndsTheRestAfterAChunk) {
  overseer_.share = 0.001;
  overseer_.before_chunk = [&] { stop_ = true; };
  WalkOptions options;
  options.rest = 100;
  const auto begin = std::chrono::steady_clock::now();
  Walk(WalkNamed("FILL", true), options);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(3));
}

TEST_F(WorkerTest, RowsAreReadWhereTheAssignmentSays) {
  RunBed standby;
  MemoryRanges ranges(std::vector<db::Row>{{std::int64_t{10}}});
  Worker(session_, overseer_, {ranges, "w", throttle_, 0, &standby.db()})
      .Walk(WalkNamed("VERIFY", false), {}, [](const db::Result&) {});
  EXPECT_EQ(standby.scripted.Count("VERIFY"), 2);
  EXPECT_EQ(bed_.scripted.Count("VERIFY"), 0);
}

TEST(WalkOptionsTest, WhatWasAskedForOutranksTheDatabasesOwn) {
  db::Capabilities can;
  can.chunk_time = std::chrono::milliseconds(50);
  can.lock_budget = std::chrono::milliseconds(700);
  can.chunk_rest = 0.5;
  WalkSql walk = WalkNamed("FILL", true);
  walk.shares = 4;
  MigratorOptions options;
  WalkOptions how = WalkOptionsOf(can, options, walk, 10'000);
  EXPECT_EQ(how.chunk_time.count(), 50);
  EXPECT_EQ(how.lock_budget.count(), 700);
  EXPECT_EQ(how.rest, 0.5);
  EXPECT_TRUE(how.in_shares);
  options.chunk_time = std::chrono::milliseconds(20);
  options.lock_budget = std::chrono::milliseconds(300);
  walk.writes = false;
  how = WalkOptionsOf(can, options, walk, 9'999);
  EXPECT_EQ(how.chunk_time.count(), 20);
  EXPECT_EQ(how.lock_budget.count(), 300);
  EXPECT_EQ(how.rest, 0);
  EXPECT_FALSE(how.in_shares);
}

class FollowedPaceTest : public ::testing::Test {
 protected:
  void Ask(const Control& control) {
    Controls(bed_.ledger).Ask(bed_.db(), control);
  }
  void Allow(const Control& control) {
    Controls(bed_.ledger).Allow(bed_.db(), control);
  }
  // Calls `change` when the ledger is asked for the second time.
  void AtSecondLook(std::function<void()> change) {
    watching_ = bed_.scripted.Watch(
        [this, change = std::move(change)](const auto& sql) {
          if (sql.find("segue_control c") == std::string::npos) return;
          if (++looks_ == 2) change();
        });
  }

  RunBed bed_;
  int looks_ = 0;
  bool stop_ = false;
  WorkerSession session_{bed_.scripted.database(), bed_.options,
                         [this] { return stop_; }};
  FollowedPace pace_{session_, bed_.ledger};
  test::Watching watching_;
};

TEST_F(FollowedPaceTest, ItIsWhatTheRunnerAllows) {
  Control control;
  Ask(control);
  control.allowed = 0.4;
  Allow(control);
  EXPECT_DOUBLE_EQ(pace_.BeforeChunk(), 0.4);
}

TEST_F(FollowedPaceTest, APauseIsWaitedFor) {
  Control control;
  control.pause = true;
  Ask(control);
  AtSecondLook([&] { Ask({}); });
  EXPECT_EQ(pace_.BeforeChunk(), 1);
  EXPECT_THAT(looks_, AllOf(Ge(2), Lt(10)));
}

TEST_F(FollowedPaceTest, NothingIsMovedWhileNothingIsAllowed) {
  Ask({});
  Control control;
  control.allowed = 0;
  Allow(control);
  AtSecondLook([&] { Allow({}); });
  EXPECT_EQ(pace_.BeforeChunk(), 1);
  EXPECT_GE(looks_, 2);
}

TEST_F(FollowedPaceTest, ACancellationAndAStopEndTheWork) {
  Control control;
  control.cancel = true;
  Ask(control);
  EXPECT_EQ(KindOf([&] { pace_.BeforeChunk(); }), ErrorKind::kCancelled);
  Ask({});
  stop_ = true;
  EXPECT_EQ(KindOf([&] { pace_.BeforeChunk(); }), ErrorKind::kCancelled);
}

TEST_F(FollowedPaceTest, ALedgerThatIsLockedForAMomentIsAskedAgain) {
  bed_.scripted.Fail({"segue_control c", {ErrorKind::kRetryable, "busy"}});
  EXPECT_EQ(pace_.BeforeChunk(), 1);
}

}  // namespace
}  // namespace segue::engine
