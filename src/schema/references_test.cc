#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "schema/schema.h"

namespace segue::schema {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> In(const std::string& expression) {
  return ReferencedColumns(expression,
                           {"id", "name", "e", "Mixed", "two words", "lower"});
}

TEST(ReferencedColumnsTest, FindsNamesInAnyCaseInTheOrderOfTheColumns) {
  EXPECT_THAT(In("upper(NAME) || id"), ElementsAre("id", "name"));
  EXPECT_THAT(In("mixed + 1"), ElementsAre("Mixed"));
  EXPECT_THAT(In("t.name"), ElementsAre("name"));
  EXPECT_THAT(In("name || name"), ElementsAre("name"));
  EXPECT_THAT(In(""), IsEmpty());
}

TEST(ReferencedColumnsTest, OnlyWholeWordsCount) {
  EXPECT_THAT(In("names + id2 + _id + id$x + \xc3\xa4id"), IsEmpty());
}

TEST(ReferencedColumnsTest, AFunctionMayShareAColumnsName) {
  EXPECT_THAT(In("lower(id)"), ElementsAre("id", "lower"));
}

TEST(ReferencedColumnsTest, StringsHoldNoNames) {
  EXPECT_THAT(In("'name'"), IsEmpty());
  EXPECT_THAT(In("'it''s name' || id"), ElementsAre("id"));
  EXPECT_THAT(In(R"('name\' || id)"), ElementsAre("id"));
  EXPECT_THAT(In(R"(E'it\'s name' || id)"), ElementsAre("id"));
  EXPECT_THAT(In(R"(e'\\' || name)"), ElementsAre("name"));
  EXPECT_THAT(In("e || 'x'"), ElementsAre("e"));
  EXPECT_THAT(In("'name"), IsEmpty());
}

TEST(ReferencedColumnsTest, DollarQuotesHoldNoNames) {
  EXPECT_THAT(In("$$name$$ || id"), ElementsAre("id"));
  EXPECT_THAT(In("$a$ $b$ name $$ $a$ || id"), ElementsAre("id"));
  EXPECT_THAT(In("$1 + name"), ElementsAre("name"));
  EXPECT_THAT(In("$$name"), IsEmpty());
  EXPECT_THAT(In("id $"), ElementsAre("id"));
}

TEST(ReferencedColumnsTest, QuotedNamesCount) {
  EXPECT_THAT(In("\"two words\""), ElementsAre("two words"));
  EXPECT_THAT(In("`name`"), ElementsAre("name"));
  EXPECT_THAT(In("[two words] || [id]"), ElementsAre("id", "two words"));
  EXPECT_THAT(In("\"NAME\""), ElementsAre("name"));
  EXPECT_THAT(In("\"two\"\"words\""), IsEmpty());
}

TEST(ReferencedColumnsTest, AQuotedNameIsExactWhereItCanBe) {
  const std::vector<std::string> columns = {"Name", "name"};
  EXPECT_THAT(ReferencedColumns("\"name\"", columns), ElementsAre("name"));
  EXPECT_THAT(ReferencedColumns("\"Name\"", columns), ElementsAre("Name"));
  EXPECT_THAT(ReferencedColumns("Name", columns), ElementsAre("Name", "name"));
}

TEST(ReferencedColumnsTest, SubscriptsHoldNames) {
  EXPECT_THAT(In("ARRAY[id, name]"), ElementsAre("id", "name"));
  EXPECT_THAT(In("tags[id + 1]"), ElementsAre("id"));
  EXPECT_THAT(In("x['name'] || id"), ElementsAre("id"));
  EXPECT_THAT(In("[id"), ElementsAre("id"));
}

TEST(ReferencedColumnsTest, CommentsHoldNoNames) {
  EXPECT_THAT(In("1 -- name\n + id"), ElementsAre("id"));
  EXPECT_THAT(In("/* name */ id"), ElementsAre("id"));
  EXPECT_THAT(In("/* a /* b */ name */ id"), ElementsAre("id"));
  EXPECT_THAT(In("id /* name"), ElementsAre("id"));
  EXPECT_THAT(In("id - -name"), ElementsAre("id", "name"));
  EXPECT_THAT(In("id /name"), ElementsAre("id", "name"));
}

TEST(ReferencedColumnsTest, NumbersAreNoNames) {
  EXPECT_THAT(In("1e + 2.5e3 + 0xid"), IsEmpty());
  EXPECT_THAT(In("2*id"), ElementsAre("id"));
}

}  // namespace
}  // namespace segue::schema
