#include "throttle/rate_limit.h"

#include <gtest/gtest.h>

namespace segue::engine {
namespace {

using std::chrono::milliseconds;

constexpr RateLimit::Time kStart{std::chrono::hours(1)};

TEST(RateLimitTest, NoneRestsNever) {
  RateLimit limit(0, 0);
  EXPECT_EQ(limit.Charge(kStart, 1'000'000, 1e9), milliseconds(0));
  EXPECT_EQ(limit.MostRows(100), 0);
}

// The rate is kept for any size of chunk: the moved rows divided by the time.
TEST(RateLimitTest, KeepsTheRate) {
  RateLimit limit(5000, 0);
  auto now = kStart;
  std::int64_t moved = 0;
  for (int chunk = 1; chunk <= 200; ++chunk) {
    const std::int64_t rows = 100 + (chunk * 37) % 900;
    moved += rows;
    now += milliseconds(20);  // the chunk took this long
    now += limit.Charge(now, rows, 0);
  }
  const std::chrono::duration<double> took = now - kStart;
  EXPECT_NEAR(static_cast<double>(moved) / took.count(), 5000, 100);
}

// Two workers share one limit.
TEST(RateLimitTest, OfAllWorkersTogether) {
  RateLimit limit(1000, 0);
  EXPECT_EQ(limit.Charge(kStart, 1000, 0), milliseconds(800));
  EXPECT_EQ(limit.Charge(kStart, 1000, 0), milliseconds(1800));
}

TEST(RateLimitTest, TheStricterOfRowsAndBytesCounts) {
  RateLimit limit(1000, 10'000);
  EXPECT_EQ(limit.Charge(kStart, 1000, 30'000), milliseconds(2800));
  EXPECT_EQ(limit.MostRows(100), 50);
  EXPECT_EQ(limit.MostRows(1), 500);
  EXPECT_EQ(limit.MostRows(1e9), 1);
}

// A pause of an hour is not followed by an hour at full speed.
TEST(RateLimitTest, SavesNothingUp) {
  RateLimit limit(1000, 0);
  limit.Charge(kStart, 1000, 0);
  const auto later = kStart + std::chrono::hours(1);
  EXPECT_EQ(limit.Charge(later, 1000, 0), milliseconds(800));
}

}  // namespace
}  // namespace segue::engine
