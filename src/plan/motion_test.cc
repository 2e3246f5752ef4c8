#include "plan/motion.h"

#include <gtest/gtest.h>

namespace segue::plan {
namespace {

std::string Plain(const std::string& sql) {
  Expression expression;
  expression.sql = sql;
  expression.bindings = {
      {"name", "name", "text"},           {"email", "_segue_new_email", "text"},
      {"Mixed", "Mixed", "text"},         {"a\"b", "quoted", "text"},
      {"two words", "two words", "text"}, {"user", "user", "text"}};
  return expression.PlainColumn().value_or("-");
}

TEST(PlainColumnTest, GivesThePhysicalColumn) {
  EXPECT_EQ(Plain("name"), "name");
  EXPECT_EQ(Plain(" NAME\n"), "name");
  EXPECT_EQ(Plain("email"), "_segue_new_email");
  EXPECT_EQ(Plain("((name))"), "name");
  EXPECT_EQ(Plain("\"two words\""), "two words");
  EXPECT_EQ(Plain("`name`"), "name");
  EXPECT_EQ(Plain("[name]"), "name");
  EXPECT_EQ(Plain("(\"Mixed\")"), "Mixed");
  EXPECT_EQ(Plain("mixed"), "Mixed");
  EXPECT_EQ(Plain("\"a\"\"b\""), "quoted");
}

TEST(PlainColumnTest, IsNothingForAnythingElse) {
  for (const char* sql :
       {"", "()", "\"\"", "lower(name)", "name || ''", "'name'", "1", "1name",
        "unknown", "\"NAME\"", "\"name\" || \"name\"", "(name) || (name)",
        "name, email", "$1", "users.name", "\"name", "-- name"}) {
    EXPECT_EQ(Plain(sql), "-") << sql;
  }
}

TEST(PlainColumnTest, ReservedValuesAreNoColumnsUnlessQuoted) {
  EXPECT_EQ(Plain("user"), "-");
  EXPECT_EQ(Plain("\"user\""), "user");
}

}  // namespace
}  // namespace segue::plan
