#include "base/visible.h"

#include <gtest/gtest.h>

namespace segue::base {
namespace {

TEST(VisibleTest, OrdinaryTextStaysAsItIs) {
  const std::string text = "plain \xc3\xa4 \xe2\x82\xac \xf0\x9f\x98\x80\n\tx";
  EXPECT_EQ(Visible(text), text);
  EXPECT_EQ(VisibleInLine("a\nb\tc"), "a\\x0ab\\x09c");
}

TEST(VisibleTest, ControlCharactersAreWrittenOut) {
  EXPECT_EQ(Visible("\x1b[2J\r\a\x7f"), "\\x1b[2J\\x0d\\x07\\x7f");
  // U+009B begins a control sequence, too.
  EXPECT_EQ(Visible("\xc2\x9b"
                    "2J"),
            "\\x9b2J");
  EXPECT_EQ(Visible(std::string_view("a\0b", 3)), "a\\x00b");
}

TEST(VisibleTest, TextThatRunsBackwardsIsWrittenOut) {
  EXPECT_EQ(Visible("a\xe2\x80\xae"
                    "b"),
            "a\\u202eb");
}

TEST(VisibleTest, BytesThatAreNotUtf8AreWrittenOut) {
  EXPECT_EQ(Visible("\x9b"
                    "2J \xff \xc3"),
            "\\x9b2J \\xff \\xc3");
}

TEST(VisibleTest, WholeCharactersEndBeforeACharacterThatIsCut) {
  EXPECT_EQ(WholeCharacters(""), 0U);
  EXPECT_EQ(WholeCharacters("ab"), 2U);
  EXPECT_EQ(WholeCharacters("a\xc3"), 1U);
  EXPECT_EQ(WholeCharacters("a\xc3\xa4"), 3U);
  EXPECT_EQ(WholeCharacters("a\xf0\x9f\x98"), 1U);
  EXPECT_EQ(WholeCharacters("\xf0\x9f\x98\x80"), 4U);
  // These bytes never become a character, so they are not waited for.
  EXPECT_EQ(WholeCharacters("\x80\x80\x80\x80"), 4U);
  EXPECT_EQ(WholeCharacters("a\xff"), 2U);
}

}  // namespace
}  // namespace segue::base
