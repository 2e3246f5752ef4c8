#include "backfill/row_times.h"

#include <gtest/gtest.h>

namespace segue::engine {
namespace {

using std::chrono::microseconds;

TEST(UsualTimeTest, ComparesWithTheMedianOfTheLast) {
  UsualTime usual;
  for (int i = 0; i < 11; ++i) {
    EXPECT_EQ(usual.Times(microseconds(1'000 * (i + 1)), 100), 1);
  }
  EXPECT_EQ(usual.Times(microseconds(18'000), 100), 3);
}

TEST(UsualTimeTest, FewerRowsTakeLessTime) {
  UsualTime usual;
  for (int i = 0; i < 11; ++i) usual.Times(microseconds(1'000), 100);
  EXPECT_EQ(usual.Times(microseconds(1'000), 50), 2);
  EXPECT_EQ(usual.Times(microseconds(1'000), 1'000), 1) << "faster";
}

TEST(UsualTimeTest, WhatGoesOnIsUsual) {
  UsualTime usual;
  for (int i = 0; i < 11; ++i) usual.Times(microseconds(1'000), 100);
  for (int i = 0; i < 6; ++i) {
    EXPECT_EQ(usual.Times(microseconds(4'000), 100), 4);
  }
  EXPECT_EQ(usual.Times(microseconds(4'000), 100), 1);
}

}  // namespace
}  // namespace segue::engine
