#include "dialects/sqlite/spelling.h"

#include <gtest/gtest.h>

namespace segue::sqlite {
namespace {

TEST(SpellingTest, ACheckWaitsForTheTriggersOfEachMotion) {
  EXPECT_EQ(kSpelling.GuardedCheck("a > b", {"_segue_d", "d \"2\""}),
            "\"_segue_d\" <= 0 OR \"d \"\"2\"\"\" <= 0 OR (a > b)");
}

TEST(SpellingTest, StoringConverts) {
  EXPECT_EQ(kSpelling.Converted("a", "INTEGER"), "\"a\"");
}

}  // namespace
}  // namespace segue::sqlite
