#include "lab/latency.h"

#include <gtest/gtest.h>

namespace segue::lab {
namespace {

using std::chrono::milliseconds;

TEST(LatencyHistogram, PercentilesAreRightToTwoPercent) {
  LatencyHistogram histogram;
  for (int ms = 1; ms <= 100; ++ms) histogram.Add(milliseconds(ms));
  EXPECT_EQ(100, histogram.count());
  EXPECT_NEAR(50, histogram.PercentileMs(0.50), 1.0);
  EXPECT_NEAR(99, histogram.PercentileMs(0.99), 2.0);
  EXPECT_DOUBLE_EQ(100, histogram.max_ms());
}

TEST(LatencyHistogram, AnEmptyOneAnswersZero) {
  EXPECT_DOUBLE_EQ(0, LatencyHistogram().PercentileMs(0.99));
}

TEST(LatencyHistogram, ExtremesStayInRange) {
  LatencyHistogram histogram;
  histogram.Add(std::chrono::nanoseconds(0));
  histogram.Add(std::chrono::hours(5));
  EXPECT_LE(histogram.PercentileMs(0.5), 0.001);
  EXPECT_GT(histogram.PercentileMs(1.0), 300'000);
}

TEST(LatencyHistogram, TwoAreAddedUp) {
  LatencyHistogram one, two;
  one.Add(milliseconds(1));
  two.Add(milliseconds(9));
  one.Add(two);
  EXPECT_EQ(2, one.count());
  EXPECT_DOUBLE_EQ(9, one.max_ms());
}

}  // namespace
}  // namespace segue::lab
