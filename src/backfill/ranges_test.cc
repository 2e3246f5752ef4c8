#include "backfill/ranges.h"

#include <gtest/gtest.h>

#include "tests/doubles/fake_connection.h"

namespace segue::engine {
namespace {

using test::FakeConnection;

class MemoryRangesTest : public ::testing::Test {
 protected:
  FakeConnection connection_;
  MemoryRanges ranges_{{{std::int64_t{10}}, {std::int64_t{20}}}};
};

TEST_F(MemoryRangesTest, EachIsOneWorkersOnly) {
  EXPECT_EQ(ranges_.Totals(connection_).ranges, 3);
  EXPECT_EQ(ranges_.Claim(connection_, "a")->number, 0);
  EXPECT_EQ(ranges_.Claim(connection_, "b")->number, 1);
  EXPECT_EQ(ranges_.Claim(connection_, "c")->number, 2);
  EXPECT_FALSE(ranges_.Claim(connection_, "d"));
}

// A session that is lost between the claim and its commit leaves a worker that
// does not know which range it has. If the range were not given again, the
// worker would wait for itself for ever.
TEST_F(MemoryRangesTest, AWorkerIsGivenAgainWhatItHas) {
  MemoryRanges one{{}};
  const auto first = one.Claim(connection_, "a");
  ASSERT_TRUE(first);
  const auto again = one.Claim(connection_, "a");
  ASSERT_TRUE(again);
  EXPECT_EQ(again->number, first->number);
  EXPECT_FALSE(one.Claim(connection_, "b"));
}

TEST_F(MemoryRangesTest, WhatIsGivenUpIsForOthers) {
  MemoryRanges one{{}};
  ASSERT_TRUE(one.Claim(connection_, "a"));
  one.GiveUp(connection_, "b");
  EXPECT_FALSE(one.Claim(connection_, "b"));
  one.GiveUp(connection_, "a");
  EXPECT_TRUE(one.Claim(connection_, "b"));
}

TEST_F(MemoryRangesTest, OneThatIsDoneIsNobodysAnyMore) {
  MemoryRanges one{{}};
  Span span = *one.Claim(connection_, "a");
  span.done = true;
  span.rows = 7;
  db::Transaction transaction(connection_, {});
  EXPECT_TRUE(one.Commit(transaction, "a", span));
  EXPECT_EQ(connection_.Count("COMMIT"), 1U);
  EXPECT_FALSE(one.Claim(connection_, "a"));
  EXPECT_EQ(one.Totals(connection_).left, 0);
  EXPECT_EQ(one.Totals(connection_).rows, 7);
}

// A commit that fails has not moved the position.
TEST_F(MemoryRangesTest, ALostCommitLeavesItToBeReadAgain) {
  MemoryRanges one{{}};
  Span span = *one.Claim(connection_, "a");
  span.done = true;
  connection_.fail_commit = Error(ErrorKind::kInDoubt, "lost");
  {
    db::Transaction transaction(connection_, {});
    EXPECT_THROW(one.Commit(transaction, "a", span), Error);
  }
  EXPECT_EQ(one.Totals(connection_).left, 1);
  EXPECT_TRUE(one.Claim(connection_, "a"));
}

}  // namespace
}  // namespace segue::engine
