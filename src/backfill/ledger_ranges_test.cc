#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "backfill/ranges.h"
#include "backfill/run_bed.h"

namespace segue::engine {
namespace {

using std::chrono::seconds;
using testing::ElementsAre;

db::Row Key(std::int64_t key) { return {key}; }

class LedgerRangesTest : public ::testing::Test {
 protected:
  LedgerRangesTest() { ranges_.Create(db(), {Key(10), Key(20)}); }

  db::Connection& db() { return bed_.db(); }
  std::optional<Span> Claim(const std::string& worker) {
    return ranges_.Claim(db(), worker);
  }
  bool Commit(const std::string& worker, const Span& span) {
    db::Transaction transaction(db(), {});
    return ranges_.Commit(transaction, worker, span);
  }
  // Claims a range and ends it.
  void Finish(const std::string& worker, std::int64_t rows) {
    Span span = *Claim(worker);
    span.done = true;
    span.rows = rows;
    ASSERT_TRUE(Commit(worker, span));
  }

  RunBed bed_;
  LedgerRanges ranges_{bed_.ledger, "01_test", "m", "backfill"};
};

TEST_F(LedgerRangesTest, TheLastOneEndsWhereTheTableEnds) {
  LedgerRanges whole{bed_.ledger, "01_test", "n", "backfill"};
  whole.Create(db(), {Key(10)}, Key(17));
  const Span first = *whole.Claim(db(), "a");
  const Span last = *whole.Claim(db(), "b");
  EXPECT_EQ(first.range.upper, Key(10));
  EXPECT_EQ(last.range.lower, Key(10));
  EXPECT_EQ(last.range.upper, Key(17));
}

TEST_F(LedgerRangesTest, TheyCoverTheTableWithoutGaps) {
  const Span first = *Claim("a");
  const Span second = *Claim("b");
  const Span third = *Claim("c");
  EXPECT_TRUE(first.range.lower.empty());
  EXPECT_EQ(first.range.upper, Key(10));
  EXPECT_EQ(second.range.lower, Key(10));
  EXPECT_EQ(second.range.upper, Key(20));
  EXPECT_EQ(third.range.lower, Key(20));
  EXPECT_TRUE(third.range.upper.empty());
  EXPECT_TRUE(third.cursor.empty());
}

TEST_F(LedgerRangesTest, MoreThanOneStatementTakesAreAllThere) {
  LedgerRanges many(bed_.ledger, "01_test", "many", "backfill");
  std::vector<db::Row> cuts;
  for (std::int64_t key = 1; key <= 450; ++key) cuts.push_back(Key(key));
  many.Create(db(), cuts);
  EXPECT_EQ(many.Totals(db()).ranges, 451);
  EXPECT_EQ(bed_.scripted.Ask("SELECT max(number) FROM segue_range"),
            db::Value(std::int64_t{450}));
}

TEST_F(LedgerRangesTest, EachIsOneWorkersOnly) {
  EXPECT_EQ(Claim("a")->number, 0);
  EXPECT_EQ(Claim("b")->number, 1);
  EXPECT_EQ(Claim("c")->number, 2);
  EXPECT_FALSE(Claim("d"));
}

// A session that is lost between the claim and its commit leaves a worker that
// does not know what it has; waiting for itself, it would wait until the claim
// expires.
TEST_F(LedgerRangesTest, AWorkerIsGivenAgainWhatItHas) {
  ASSERT_TRUE(Claim("b"));
  ASSERT_TRUE(Claim("b"));
  ASSERT_TRUE(Claim("b"));
  const auto again = Claim("b");
  ASSERT_TRUE(again);
  EXPECT_EQ(again->number, 0);
  EXPECT_FALSE(Claim("a"));
}

TEST_F(LedgerRangesTest, AClaimThatNoChunkRenewsExpires) {
  for (const char* worker : {"a", "b", "c"}) ASSERT_TRUE(Claim(worker));
  bed_.scripted.Advance(seconds(30));
  EXPECT_FALSE(Claim("d"));
  bed_.scripted.Advance(seconds(1));
  EXPECT_EQ(Claim("d")->number, 0);
}

TEST_F(LedgerRangesTest, AChunkRenewsItsClaimAndKeepsThePosition) {
  Span span = *Claim("a");
  ASSERT_TRUE(Claim("b"));
  ASSERT_TRUE(Claim("c"));
  bed_.scripted.Advance(seconds(20));
  span.cursor = Key(7);
  span.rows = 7;
  ASSERT_TRUE(Commit("a", span));
  bed_.scripted.Advance(seconds(20));
  EXPECT_EQ(Claim("d")->number, 1);
  EXPECT_EQ(Claim("e")->number, 2);
  EXPECT_FALSE(Claim("f"));
  const auto saved = ranges_.Load(db(), "a", span);
  ASSERT_TRUE(saved);
  EXPECT_EQ(saved->cursor, Key(7));
  EXPECT_EQ(saved->rows, 7);
  EXPECT_FALSE(saved->done);
}

TEST_F(LedgerRangesTest, WhatIsCommittedAfterATakeoverIsRefusedAndRolledBack) {
  Span span = *Claim("a");
  bed_.scripted.Advance(seconds(31));
  ASSERT_EQ(Claim("b")->number, 1);  // the search goes on first
  ASSERT_EQ(Claim("b")->number, 2);
  ASSERT_EQ(Claim("b")->number, 0);
  span.rows = 5;
  db::Transaction transaction(db(), {});
  db().Execute("MOVE ROWS");
  EXPECT_FALSE(ranges_.Commit(transaction, "a", span));
  EXPECT_TRUE(bed_.scripted.Done().empty());
  EXPECT_EQ(ranges_.Totals(db()).rows, 0);
  EXPECT_FALSE(ranges_.Load(db(), "a", span));
  EXPECT_TRUE(ranges_.Load(db(), "b", span));
}

TEST_F(LedgerRangesTest, OneThatIsDoneTakesNoFurtherChunk) {
  Span span = *Claim("a");
  span.done = true;
  ASSERT_TRUE(Commit("a", span));
  EXPECT_FALSE(Commit("a", span));
  bed_.scripted.Advance(seconds(31));
  EXPECT_EQ(Claim("a")->number, 1);
  EXPECT_EQ(Claim("b")->number, 2);
  EXPECT_FALSE(Claim("c"));
}

TEST_F(LedgerRangesTest, TotalsSayWhatIsLeftAndWhatWasMoved) {
  Finish("a", 10);
  Finish("a", 5);
  Span open = *Claim("a");
  open.rows = 3;
  ASSERT_TRUE(Commit("a", open));
  const RangeTotals totals = ranges_.Totals(db());
  EXPECT_EQ(totals.ranges, 3);
  EXPECT_EQ(totals.left, 1);
  EXPECT_EQ(totals.rows, 18);
}

TEST_F(LedgerRangesTest, WhatIsGivenUpIsForOthers) {
  for (const char* worker : {"a", "b", "c"}) ASSERT_TRUE(Claim(worker));
  ranges_.GiveUp(db(), "nobody");
  EXPECT_FALSE(Claim("d"));
  ranges_.GiveUp(db(), "b");
  EXPECT_EQ(Claim("d")->number, 1);
}

TEST_F(LedgerRangesTest, ClaimsOfThoseOfAPrefixAreTakenAway) {
  ASSERT_TRUE(Claim("runner x:1"));
  ASSERT_TRUE(Claim("runner x:1 helper 1"));
  ASSERT_TRUE(Claim("y:2"));
  ranges_.Release(db(), "runner ");
  EXPECT_EQ(Claim("z")->number, 0);
  EXPECT_EQ(Claim("z2")->number, 1);
  EXPECT_FALSE(Claim("z3"));
}

// Otherwise each claim would read past all that are done.
TEST_F(LedgerRangesTest, TheSearchGoesOnAndBeginsAnewAtTheEnd) {
  Finish("a", 1);
  ASSERT_EQ(Claim("a")->number, 1);
  ASSERT_EQ(Claim("b")->number, 2);
  ranges_.GiveUp(db(), "a");
  EXPECT_EQ(Claim("c")->number, 1);
}

TEST_F(LedgerRangesTest, AWalkLeavesTheRangesOfOthersAlone) {
  LedgerRanges settle(bed_.ledger, "01_test", "m", "settle");
  LedgerRanges other(bed_.ledger, "02_other", "m", "backfill");
  settle.Create(db(), {});
  other.Create(db(), {});
  ranges_.Forget(db());
  EXPECT_EQ(ranges_.Totals(db()).ranges, 0);
  EXPECT_EQ(settle.Totals(db()).ranges, 1);
  EXPECT_EQ(other.Totals(db()).ranges, 1);
}

TEST_F(LedgerRangesTest, AWorkerFindsAWalkThatHasRangesLeft) {
  const auto open = LedgerRanges::Open(db(), bed_.ledger, "01_test");
  ASSERT_TRUE(open);
  EXPECT_EQ(*open, std::make_pair(std::string("m"), std::string("backfill")));
  for (int i = 0; i < 3; ++i) Finish("a", 1);
  EXPECT_FALSE(LedgerRanges::Open(db(), bed_.ledger, "01_test"));
}

TEST_F(LedgerRangesTest, OnlyALargeTableIsCut) {
  db::Result cuts;
  cuts.rows = {Key(1), Key(2)};
  bed_.scripted.Answer("CUTS", cuts);
  EXPECT_TRUE(CutTable(db(), "CUTS", 199'999).empty());
  EXPECT_TRUE(CutTable(db(), "", 1'000'000).empty());
  EXPECT_THAT(CutTable(db(), "CUTS", 200'000), ElementsAre(Key(1), Key(2)));
}

}  // namespace
}  // namespace segue::engine
