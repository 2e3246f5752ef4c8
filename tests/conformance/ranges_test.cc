// Who gets which range of a walk.
#include "backfill/ranges.h"

#include <gtest/gtest.h>

#include <optional>

#include "segue/migrator.h"
#include "tests/support/testbed.h"

namespace segue::test {
namespace {

using db::Row;
using db::Value;

class RangesTest : public DialectTest {
 protected:
  void SetUp() override {
    DialectTest::SetUp();
    if (IsSkipped()) return;
    database_.emplace(db().Open());
    ledger_.emplace(database_->dialect(), database_->schema(), "test",
                    MigratorOptions{}.lease);
    ledger_->Install(connection());
    Ranges().Create(connection(),
                    {Row{Value(std::int64_t{10})}, Row{Value(std::int64_t{20})},
                     Row{Value(std::int64_t{30})}});
  }
  db::Connection& connection() { return database_->connection(); }
  // As another process has them.
  engine::LedgerRanges Ranges() {
    return engine::LedgerRanges(*ledger_, "m", "t", "backfill");
  }

  // -1: there is none.
  std::int64_t Claim(engine::Ranges& ranges, const std::string& worker) {
    const auto span = ranges.Claim(connection(), worker);
    return span ? span->number : -1;
  }

  std::optional<Database> database_;
  std::optional<engine::Ledger> ledger_;
};

TEST_P(RangesTest, GoesOnFromTheLastAndComesBackForWhatWasGivenUp) {
  engine::LedgerRanges ranges = Ranges();
  EXPECT_EQ(Claim(ranges, "a"), 0);
  EXPECT_EQ(Claim(ranges, "b"), 1);
  ranges.GiveUp(connection(), "a");
  EXPECT_EQ(Claim(ranges, "b"), 2);
  EXPECT_EQ(Claim(ranges, "b"), 3);
  EXPECT_EQ(Claim(ranges, "c"), 0);
  EXPECT_EQ(Claim(ranges, "c"), 0) << "its own, which it has not done";
  EXPECT_EQ(Claim(ranges, "d"), -1);
}

// Another process begins at the first.
TEST_P(RangesTest, WhatIsDoneIsNobodysAnyMore) {
  engine::LedgerRanges here = Ranges();
  for (int i = 0; i < 2; ++i) {
    auto span = here.Claim(connection(), "a");
    ASSERT_TRUE(span);
    span->done = true;
    db::Transaction transaction(connection(), {});
    EXPECT_TRUE(here.Commit(transaction, "a", *span));
  }
  engine::LedgerRanges there = Ranges();
  EXPECT_EQ(Claim(there, "b"), 2);
  EXPECT_EQ(Claim(here, "a"), 3);
  EXPECT_EQ(there.Totals(connection()).left, 2);
}

SEGUE_INSTANTIATE(RangesTest);

}  // namespace
}  // namespace segue::test
