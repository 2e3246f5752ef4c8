#include "plan/names.h"

#include <gtest/gtest.h>

namespace segue::plan {
namespace {

TEST(NamesTest, SayWhoseTheyAre) {
  EXPECT_EQ(HiddenColumn("email", 63), "_segue_new_email");
  EXPECT_EQ(IndexCopy("users_idx", 63), "_segue_new_users_idx");
  EXPECT_EQ(ProvenanceColumn(1), "_segue_d");
  EXPECT_EQ(ProvenanceColumn(2), "_segue_d2");
  EXPECT_EQ(VersionSchema("public", "01_bigint", 63), "public_01_bigint");
  EXPECT_EQ(VersionSchema("", "01_bigint", 63), "01_bigint");
}

TEST(NamesTest, LongOnesAreCutAndStayUnique) {
  const std::string a(63, 'a');
  std::string b(62, 'a');
  b.push_back('b');
  EXPECT_EQ(HiddenColumn(a, 63).size(), 63U);
  EXPECT_NE(HiddenColumn(a, 63), HiddenColumn(b, 63));
  EXPECT_NE(IndexCopy(a, 63), IndexCopy(b, 63));
  EXPECT_NE(VersionSchema("public", a, 63), VersionSchema("public", b, 63));
  EXPECT_TRUE(VersionSchema("public", a, 63).starts_with("public_aaa"));
}

}  // namespace
}  // namespace segue::plan
