#include "dialects/postgres/kept_columns.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace segue::postgres {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> Kept(const std::string& sql) {
  return KeptColumns(sql, {{"c", "c", "text"}, {"Mixed", "Mixed", "text"}});
}

TEST(KeptColumnsTest, TheShapesThatGiveAValueBack) {
  for (const char* sql :
       {"c", "(c)", "C", "coalesce(c, 'x')", "COALESCE(coalesce(c, 'y'), 'x')",
        "coalesce(c, upper(c)) -- c", "CASE WHEN c IS NULL THEN 'x' ELSE c END",
        "CASE WHEN c IS NOT NULL THEN c ELSE 'x' END",
        "CASE WHEN (c IS NOT NULL) THEN coalesce(c, 'y') END",
        "SELECT coalesce(c, 'x')",
        "(SELECT CASE WHEN c IS NULL THEN 'x' ELSE c END)"}) {
    EXPECT_THAT(Kept(sql), ElementsAre("c")) << sql;
  }
  EXPECT_THAT(Kept("coalesce(\"Mixed\", c)"), ElementsAre("Mixed"));
}

TEST(KeptColumnsTest, AnyOtherMayChangeIt) {
  for (const char* sql :
       {"'x'",
        "upper(c)",
        "coalesce(upper(c), 'x')",
        "coalesce('x', c)",
        "coalesce(c::varchar(2), 'x')",
        "c || ''",
        "nullif(c, 'x')",
        "CASE WHEN c IS NULL THEN c ELSE 'x' END",
        "CASE WHEN c IS NULL THEN 'x' END",
        "CASE WHEN c IS NULL THEN 'x' WHEN c = 'a' THEN 'b' ELSE c END",
        "CASE WHEN c = 'a' THEN 'x' ELSE c END",
        "CASE c WHEN 'a' THEN 'x' ELSE c END",
        "CASE WHEN length(c) IS NULL THEN 'x' ELSE c END",
        "SELECT c FROM t",
        "SELECT c WHERE false",
        "SELECT c LIMIT 0",
        "SELECT c UNION SELECT 'x'",
        "EXISTS (SELECT c)",
        "ARRAY(SELECT c)",
        "t.c",
        "coalesce(c, ",
        "c) + (c",
        "c; SELECT c"}) {
    EXPECT_THAT(Kept(sql), IsEmpty()) << sql;
  }
}

}  // namespace
}  // namespace segue::postgres
