#include "backfill/chunk_size.h"

#include <gtest/gtest.h>

namespace segue::engine {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

constexpr milliseconds kTarget{200};

// Records chunks with this time per row until the size does not change any
// more.
std::int64_t RowsAt(ChunkSize& size, double microseconds_a_row) {
  for (int i = 0; i < 100; ++i) {
    size.Record(microseconds(static_cast<std::int64_t>(
                    static_cast<double>(size.rows()) * microseconds_a_row)),
                size.rows());
  }
  return size.rows();
}

TEST(ChunkSizeTest, FollowsTheTargetTime) {
  ChunkSize size(kTarget);
  EXPECT_NEAR(static_cast<double>(RowsAt(size, 10)), 20'000, 200);
  EXPECT_NEAR(static_cast<double>(RowsAt(size, 100)), 2'000, 20);
}

TEST(ChunkSizeTest, StaysWithinItsBounds) {
  ChunkSize fast(kTarget);
  EXPECT_EQ(RowsAt(fast, 0.1), 50'000);
  ChunkSize slow(kTarget);
  EXPECT_EQ(RowsAt(slow, 1e6), 50);
}

TEST(ChunkSizeTest, WideRowsMakeNoChunkOfHundredsOfMegabytes) {
  for (const std::int64_t row_bytes : {8'000, 100'000, 5'000'000}) {
    ChunkSize size(kTarget, row_bytes);
    EXPECT_LE(size.rows() * row_bytes, 34'000'000) << row_bytes;
    EXPECT_LE(RowsAt(size, 0.1) * row_bytes, 34'000'000) << row_bytes;
    EXPECT_GE(size.rows(), 1);
  }
  ChunkSize huge(kTarget, std::int64_t{1} << 40);
  EXPECT_EQ(huge.rows(), 1);
  EXPECT_EQ(RowsAt(huge, 1e6), 1);
}

TEST(ChunkSizeTest, OneVerySlowChunkShrinksTheNextAtOnce) {
  ChunkSize size(kTarget);
  RowsAt(size, 10);
  const auto before = static_cast<double>(size.rows());
  size.Record(milliseconds(2'000), size.rows());
  EXPECT_NEAR(static_cast<double>(size.rows()), before / 10, 2);
}

// At a low pace chunks have fewer rows than they may have; they teach the time
// per row all the same.
TEST(ChunkSizeTest, LearnsFromSmallerChunksToo) {
  ChunkSize size(kTarget);
  for (int i = 0; i < 100; ++i) {
    const std::int64_t asked = size.rows() / 4;
    size.Record(microseconds(asked * 10), asked);
  }
  EXPECT_NEAR(static_cast<double>(size.rows()), 20'000, 200);
}

TEST(ChunkSizeTest, HalvesAfterADeadlock) {
  ChunkSize size(kTarget);
  size.Halve();
  EXPECT_EQ(size.rows(), 500);
  for (int i = 0; i < 10; ++i) size.Halve();
  EXPECT_EQ(size.rows(), 50);
}

}  // namespace
}  // namespace segue::engine
