#include "dialects/sqlite/motion_estimate.h"

#include <gtest/gtest.h>

namespace segue::sqlite {
namespace {

TEST(SqliteMotionEstimateTest, WideRowsAndRestsCost) {
  const MotionEstimate narrow = EstimateFill(1e6, 50, 0);
  EXPECT_TRUE(narrow.chosen);
  EXPECT_GT(EstimateFill(1e6, 1000, 0).seconds, 3 * narrow.seconds);
  EXPECT_NEAR(EstimateFill(1e6, 50, 0.5).seconds, 1.5 * narrow.seconds, 0.01);
  EXPECT_NEAR(EstimateFill(1e9, 50, 0).seconds, 1000 * narrow.seconds, 1);
}

TEST(SqliteMotionEstimateTest, ACopyTakesATableAndItsIndexes) {
  const MotionEstimate bare = EstimateCopy(1e6, 200, 0);
  const MotionEstimate indexed = EstimateCopy(1e6, 200, 2);
  EXPECT_FALSE(bare.chosen);
  EXPECT_EQ(bare.disk_bytes, 200'000'000);
  EXPECT_GT(indexed.disk_bytes, bare.disk_bytes);
  EXPECT_GT(indexed.seconds, 2 * bare.seconds);
}

}  // namespace
}  // namespace segue::sqlite
