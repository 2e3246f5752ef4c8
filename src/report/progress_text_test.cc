#include "report/progress_text.h"

#include <gtest/gtest.h>

namespace segue::report {
namespace {

TEST(ProgressTextTest, AnEstimateThatWasTooLowIsLeftOut) {
  Progress progress;
  progress.rows_done = 3'000'000;
  progress.rows_total = 2'000'000;
  progress.rows_per_second = 85'000;
  EXPECT_EQ(RowsText(progress), "3,000,000 rows 85,000/s");
  EXPECT_EQ(RowsText({}), "");
}

TEST(ProgressTextTest, APaceBelowTheFullOneSaysWhy) {
  Progress progress;
  progress.rows_done = 10;
  progress.pace = 0.4;
  progress.pace_reason = "replication_lag";
  EXPECT_EQ(RowsText(progress), "10 rows at 40 % (replication_lag)");
}

}  // namespace
}  // namespace segue::report
