#include "dialects/postgres/version_path.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace segue::postgres {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(VersionPathTest, SplitsAsTheServerDoes) {
  EXPECT_THAT(SplitPath("\"$user\", public"), ElementsAre("$user", "public"));
  EXPECT_THAT(SplitPath("App,\"My \"\"S\"\", x\" , ext"),
              ElementsAre("app", "My \"S\", x", "ext"));
  EXPECT_THAT(SplitPath("\"\""), IsEmpty());
  EXPECT_THAT(SplitPath("\"open"), ElementsAre("open"));
  EXPECT_THAT(SplitPath(""), IsEmpty());
}

TEST(VersionPathTest, TheVersionComesBeforeTheSessionsOwnPath) {
  EXPECT_THAT(PathTo("v", "public", {"public", "ext"}),
              ElementsAre("v", "public", "ext"));
  EXPECT_THAT(PathTo("v", "public", {"ext", "public"}),
              ElementsAre("v", "ext", "public"));
  EXPECT_THAT(PathTo("v", "app", {"ext"}), ElementsAre("v", "app", "ext"));
  EXPECT_THAT(PathTo("v", "app", {}), ElementsAre("v", "app"));
}

TEST(VersionPathTest, TheBaseNeedsNothingWhereItIsFoundFirst) {
  EXPECT_THAT(PathTo("", "public", {"public", "ext"}), IsEmpty());
  EXPECT_THAT(PathTo("", "app", {"public", "app"}),
              ElementsAre("app", "public"));
  EXPECT_THAT(PathTo("", "public", {}), ElementsAre("public"));
}

}  // namespace
}  // namespace segue::postgres
