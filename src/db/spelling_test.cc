#include "db/spelling.h"

#include <gtest/gtest.h>

namespace segue::db {
namespace {

// A spelling with only what every database has to define itself.
class PlainSpelling : public Spelling {
 public:
  std::string Name(const std::string& identifier) const override {
    return "`" + identifier + "`";
  }
};

TEST(SpellingTest, SpellsWithTheNamesOfTheDatabase) {
  const PlainSpelling spelling;
  EXPECT_EQ(spelling.IsNotNull("a"), "`a` IS NOT NULL");
  EXPECT_EQ(spelling.IsNotNullOrMarked("a", "_segue_d"),
            "`a` IS NOT NULL OR `_segue_d` = 4");
  EXPECT_EQ(spelling.Cast("1 + 1", "bigint"), "CAST(1 + 1 AS bigint)");
  EXPECT_EQ(spelling.InsertDefaults("t"), "INSERT INTO `t` DEFAULT VALUES");
  EXPECT_FALSE(spelling.GuardedCheck("a > 0", {"_segue_d"}));
}

TEST(SpellingTest, ConvertingCutsNothingOff) {
  const PlainSpelling spelling;
  EXPECT_EQ(spelling.Converted("a", "integer"), "CAST(`a` AS integer)");
  EXPECT_EQ(spelling.Converted("a", "VARCHAR(5)"), "CAST(`a` AS text)");
  EXPECT_EQ(spelling.Converted("a", "character(2)"), "CAST(`a` AS text)");
  EXPECT_EQ(spelling.Converted("a", "bit(3)"), "CAST(`a` AS bit varying)");
}

}  // namespace
}  // namespace segue::db
