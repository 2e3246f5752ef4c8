// Compares the computed estimates with measurements on PostgreSQL 15 with
// 500,000 rows each.
#include "dialects/postgres/motion_estimate.h"

#include <gtest/gtest.h>

namespace segue::postgres {
namespace {

TableFacts Facts(double row_bytes, double index_bytes, double indexes) {
  TableFacts facts;
  facts.rows = 500'000;
  facts.heap_bytes = facts.rows * row_bytes;
  facts.index_bytes = facts.rows * index_bytes;
  facts.indexes = indexes;
  facts.grown_by = 16;
  return facts;
}

double LogPerRow(const MotionEstimate& estimate) {
  return static_cast<double>(estimate.log_bytes) /
         static_cast<double>(estimate.rows);
}

TEST(PostgresMotionEstimateTest, RoomOnThePagesSparesTheIndexes) {
  TableFacts facts = Facts(456, 22, 1);
  facts.fill_factor = 45;
  const MotionEstimate roomy = EstimateFill(facts);
  EXPECT_NEAR(LogPerRow(roomy), 298, 298 * 0.15);
  EXPECT_EQ(roomy.disk_bytes, 0);
  EXPECT_NE(roomy.why.find("no index is touched"), std::string::npos);
}

TEST(PostgresMotionEstimateTest, ACopyLogsTheTableAndTheLocks) {
  const MotionEstimate copy = EstimateCopy(Facts(205, 22, 1));
  EXPECT_NEAR(LogPerRow(copy), 568, 568 * 0.15);
  EXPECT_NEAR(static_cast<double>(copy.disk_bytes) / 500'000, 243, 10);
}

TEST(PostgresMotionEstimateTest, ACopyOfSomeColumnsTakesTheirShare) {
  TableFacts facts = Facts(205, 22, 1);
  facts.grown_by = 0;
  const MotionEstimate whole = EstimateCopy(facts);
  facts.copied = 0.25;
  const MotionEstimate some = EstimateCopy(facts);
  EXPECT_EQ(some.disk_bytes * 4, whole.disk_bytes);
  EXPECT_LT(some.log_bytes, whole.log_bytes);
  // Each row is locked whole.
  EXPECT_GT(LogPerRow(some), 300);
}

TEST(PostgresMotionEstimateTest, EachThingThatCostsMakesItDearer) {
  const MotionEstimate plain = EstimateFill(Facts(205, 22, 1));
  EXPECT_TRUE(plain.chosen);
  EXPECT_GT(EstimateFill(Facts(1170, 22, 1)).log_bytes, 3 * plain.log_bytes);
  EXPECT_GT(EstimateFill(Facts(205, 256, 3)).seconds, 1.5 * plain.seconds);
  TableFacts triggered = Facts(205, 22, 1);
  triggered.triggers = 1;
  const MotionEstimate slower = EstimateFill(triggered);
  EXPECT_GT(slower.seconds, 1.3 * plain.seconds);
  EXPECT_NE(slower.why.find("1 trigger of yours"), std::string::npos);
}

TEST(PostgresMotionEstimateTest, GrowsWithTheRowsAndNothingElse) {
  TableFacts many = Facts(205, 22, 1);
  const MotionEstimate few = EstimateFill(many);
  many.rows *= 1000;
  many.heap_bytes *= 1000;
  many.index_bytes *= 1000;
  const MotionEstimate more = EstimateFill(many);
  EXPECT_NEAR(more.seconds / few.seconds, 1000, 1);
  EXPECT_NEAR(
      static_cast<double>(more.log_bytes) / static_cast<double>(few.log_bytes),
      1000, 1);
}

}  // namespace
}  // namespace segue::postgres
