#include <gtest/gtest.h>

#include <cmath>

#include "segue/progress.h"

namespace segue {
namespace {

TEST(FormatDurationTest, NamesItsTwoLargestUnits) {
  EXPECT_EQ(FormatDuration(0), "0 s");
  EXPECT_EQ(FormatDuration(59.4), "59 s");
  EXPECT_EQ(FormatDuration(59.6), "1 min 0 s");
  EXPECT_EQ(FormatDuration(200), "3 min 20 s");
  EXPECT_EQ(FormatDuration(3600), "1 h 0 min");
  EXPECT_EQ(FormatDuration(90 * 60), "1 h 30 min");
  EXPECT_EQ(FormatDuration(26 * 3600), "1 d 2 h");
}

TEST(FormatDurationTest, WhatIsNoDurationIsUnknown) {
  EXPECT_EQ(FormatDuration(-1), "unknown");
  EXPECT_EQ(FormatDuration(NAN), "unknown");
  EXPECT_EQ(FormatDuration(INFINITY), "unknown");
}

}  // namespace
}  // namespace segue
