#include "segue/progress.h"

#include <gtest/gtest.h>

#include <set>

namespace segue {
namespace {

TEST(ProgressTest, EachEventHasANameOfItsOwn) {
  std::set<std::string_view> names;
  int of_run = 0;
  const int last = static_cast<int>(Progress::Event::kNote);
  for (int i = 0; i <= last; ++i) {
    const auto event = static_cast<Progress::Event>(i);
    EXPECT_TRUE(names.insert(ToString(event)).second) << ToString(event);
    if (IsOfRun(event)) ++of_run;
  }
  EXPECT_EQ(of_run, 8);
  EXPECT_TRUE(IsOfRun(Progress::Event::kRolledBack));
  EXPECT_FALSE(IsOfRun(Progress::Event::kStepRolledBack));
  EXPECT_EQ(ToString(Progress::Event::kRolledBack), "rolled_back");
}

}  // namespace
}  // namespace segue
