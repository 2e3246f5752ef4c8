#include "dialects/postgres/examine.h"

#include <gtest/gtest.h>

namespace segue::postgres {
namespace {

TEST(DependsOnMomentTest, KnowsTimeUserAndOtherTables) {
  EXPECT_TRUE(DependsOnMoment("coalesce(a, now()::text)"));
  EXPECT_TRUE(DependsOnMoment("CURRENT_DATE"));
  EXPECT_TRUE(DependsOnMoment("(SELECT max(x) FROM other)"));
}

TEST(DependsOnMomentTest, LeavesTheRestAlone) {
  EXPECT_FALSE(DependsOnMoment("'now'"));
  EXPECT_FALSE(DependsOnMoment("extract(epoch FROM at)"));
  EXPECT_FALSE(DependsOnMoment("SELECT CASE WHEN a THEN 1 ELSE 0 END"));
  EXPECT_FALSE(DependsOnMoment("at::text"));
}

}  // namespace
}  // namespace segue::postgres
