#include "report/layout.h"

#include <gtest/gtest.h>

namespace segue::report {
namespace {

TEST(LayoutTest, BarFillsFromTheLeft) {
  EXPECT_EQ(ProgressBar(0, 12), "[----------]");
  EXPECT_EQ(ProgressBar(50, 12), "[#####-----]");
  EXPECT_EQ(ProgressBar(99.9, 12), "[#########-]");
  EXPECT_EQ(ProgressBar(100, 12), "[##########]");
  EXPECT_EQ(ProgressBar(170, 12), "[##########]");
  EXPECT_EQ(ProgressBar(50, 0), "[-]");
}

TEST(LayoutTest, FitsCharactersNotBytes) {
  EXPECT_EQ(FitWidth("añb", 3), "añb");
  EXPECT_EQ(FitWidth("añbc", 3), "añ~");
  EXPECT_EQ(FitWidth("abc", 1), "~");
  EXPECT_EQ(FitWidth("abc", 0), "");
}

TEST(LayoutTest, TableAlignsByCharacters) {
  TextTable table({"A", "B"});
  table.Add({"ñandú", "1"});
  table.Add({"x", "2"});
  EXPECT_EQ(table.ToString(), "A      B\nñandú  1\nx      2\n");
}

}  // namespace
}  // namespace segue::report
