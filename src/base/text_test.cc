#include "base/text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

namespace segue::base {
namespace {

using testing::ElementsAre;

TEST(TextTest, ToLowerLeavesOtherBytesAlone) {
  EXPECT_EQ(ToLower("AbZ_1\xc3\x84"), "abz_1\xc3\x84");
}

TEST(TextTest, TrimTakesWhiteSpaceFromBothEnds) {
  EXPECT_EQ(Trim(" \t a b\r\n"), "a b");
  EXPECT_EQ(Trim(" \n "), "");
  EXPECT_EQ(Trim(""), "");
}

TEST(TextTest, JoinAndSplitAreInverse) {
  EXPECT_EQ(Join({}, ", "), "");
  EXPECT_EQ(Join({"a", "", "c"}, ", "), "a, , c");
  EXPECT_THAT(Split("a,,c", ','), ElementsAre("a", "", "c"));
  EXPECT_THAT(Split("a,", ','), ElementsAre("a", ""));
  EXPECT_THAT(Split("", ','), ElementsAre(""));
}

TEST(TextTest, QuotedDoublesTheQuotesInside) {
  EXPECT_EQ(Quoted("it's", '\''), "'it''s'");
  EXPECT_EQ(Quoted("a\"b", '"'), "\"a\"\"b\"");
  EXPECT_EQ(Quoted("", '`'), "``");
}

TEST(TextTest, CountOf) {
  EXPECT_EQ(CountOf(0, "row"), "0 rows");
  EXPECT_EQ(CountOf(1, "row"), "1 row");
  EXPECT_EQ(CountOf(1234, "write"), "1,234 writes");
}

TEST(TextTest, WithThousands) {
  EXPECT_EQ(WithThousands(0), "0");
  EXPECT_EQ(WithThousands(999), "999");
  EXPECT_EQ(WithThousands(1000), "1,000");
  EXPECT_EQ(WithThousands(1234567), "1,234,567");
  EXPECT_EQ(WithThousands(-123456), "-123,456");
  EXPECT_EQ(WithThousands(std::numeric_limits<std::int64_t>::min()),
            "-9,223,372,036,854,775,808");
}

TEST(TextTest, NumberedNamesAreOrderedByTheirNumbers) {
  std::vector<std::string> names = {"10_x", "b", "2_y", "002_a", "a", "0_z"};
  std::sort(names.begin(), names.end(), NumberedLess);
  EXPECT_EQ(names, (std::vector<std::string>{"0_z", "002_a", "2_y", "10_x", "a",
                                             "b"}));
}

TEST(TextTest, NearestFindsSlipsOfTheHand) {
  const std::vector<std::string> names = {"id", "username", "email", "Name"};
  EXPECT_EQ(Nearest("usrname", names), "username");
  EXPECT_EQ(Nearest("emial", names), "email");
  EXPECT_EQ(Nearest("naem", names), "Name");
  EXPECT_EQ(Nearest("EMAIL", names), "email");
  EXPECT_EQ(Nearest("emails", names), "email");
}

TEST(TextTest, NearestIsEmptyWhenNothingIsNear) {
  EXPECT_EQ(Nearest("address", {"id", "email"}), "");
  EXPECT_EQ(Nearest("abc", {"xbz"}), "");
  EXPECT_EQ(Nearest("abc", {"abz"}), "abz");  // a third is still near
  EXPECT_EQ(Nearest("abc", {}), "");
  EXPECT_EQ(Nearest("", {"a"}), "");
}

TEST(TextTest, NearestPrefersTheFirstOfEquals) {
  EXPECT_EQ(Nearest("cart", {"card", "care"}), "card");
}

TEST(TextTest, IsUtf8TakesWhatIsWellFormed) {
  EXPECT_TRUE(IsUtf8(""));
  EXPECT_TRUE(IsUtf8("plain"));
  EXPECT_TRUE(IsUtf8("\xc3\xa4 \xe2\x82\xac \xf0\x9f\x98\x80"));
  EXPECT_TRUE(IsUtf8("\xed\x9f\xbf\xee\x80\x80\xf4\x8f\xbf\xbf"));
}

TEST(TextTest, IsUtf8NamesTheFirstBadByte) {
  const struct {
    std::string text;
    std::size_t bad;
  } kCases[] = {
      {"ab\xff", 2},
      {"\x80", 0},
      {"a\xc3", 1},
      {"\xc0\xaf", 0},
      {"\xe0\x80\xaf", 0},
      {"x\xed\xa0\x80", 1},
      {"\xf4\x90\x80\x80", 0},
      {"\xf0\x8f\x80\x80", 0},
      {"\xe2\x82", 0},
      {"\xf5\x80\x80\x80", 0},
      {"\xe2\x28\xa1", 0},
  };
  for (const auto& [text, bad] : kCases) {
    std::size_t offset = 99;
    EXPECT_FALSE(IsUtf8(text, &offset)) << text;
    EXPECT_EQ(offset, bad) << text;
  }
}

TEST(TextTest, Fnv1aGivesThePublishedValues) {
  EXPECT_EQ(Fnv1a(""), 0xcbf29ce484222325U);
  EXPECT_EQ(Fnv1a("a"), 0xaf63dc4c8601ec8cU);
  EXPECT_EQ(Fnv1a("foobar"), 0x85944171f73967e8U);
}

TEST(TextTest, ShortNameKeepsWhatFits) {
  EXPECT_EQ(ShortName("users", 5), "users");
  EXPECT_EQ(ShortName("", 5), "");
}

TEST(TextTest, ShortNameStaysWithinTheLimitAndUnique) {
  const std::string a(70, 'a');
  const std::string b = a + "b";
  EXPECT_EQ(ShortName(a, 63).size(), 63U);
  EXPECT_NE(ShortName(a, 63), ShortName(b, 63));
  const std::string head(54, 'a');
  EXPECT_EQ(ShortName(a, 63).substr(0, 54), head);
  EXPECT_EQ(ShortName(a, 63)[54], '_');
  EXPECT_LE(ShortName(a, 4).size(), 4U);
}

TEST(TextTest, ShortNameNeverCutsACharacter) {
  std::string name;
  for (int i = 0; i < 40; ++i) name += "\xe2\x82\xac";
  for (std::size_t limit = 9; limit < 30; ++limit) {
    const std::string cut = ShortName(name, limit);
    EXPECT_LE(cut.size(), limit);
    EXPECT_TRUE(IsUtf8(cut)) << limit;
  }
}

}  // namespace
}  // namespace segue::base
