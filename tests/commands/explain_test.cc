// What verify --explain prints, as a user reads it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/commands/bad_input.h"

namespace segue::test {
namespace {

using ::testing::HasSubstr;

class ExplainCommandTest : public BadInputTest {
 protected:
  void SetUp() override {
    BadInputTest::SetUp();
    if (IsSkipped()) return;
    db().Exec(
        "WITH RECURSIVE n(i) AS (SELECT 10 UNION ALL SELECT i + 1 FROM n WHERE "
        "i < 5000) INSERT INTO users SELECT i, 'name' || i, 1 FROM n");
    db().Exec("ANALYZE");
    WriteFile("01_index.yaml",
              "operations:\n"
              "  - create_index:\n"
              "      name: users_lower_name\n"
              "      table: users\n"
              "      columns: [{expression: lower(name)}]\n");
    WriteFile("q.sql",
              "-- the ones that hurt\n"
              "SELECT id FROM users\n"
              "  WHERE lower(name) = 'name77';\n"
              "UPDATE users SET age = 2 WHERE nope = 1;\n");
  }
};

TEST_P(ExplainCommandTest, BeforeAfterAndVerdict) {
  ASSERT_EQ(0,
            Segue({"start", "01_index.yaml", "--explain", "q.sql"}).exit_code);
  const std::string rows = Rows();
  const Finished finished = Segue({"verify", "--explain", "q.sql"});
  EXPECT_EQ(finished.exit_code, 0);
  EXPECT_EQ(finished.err, "");
  EXPECT_EQ(rows, Rows());
  EXPECT_THAT(finished.out,
              HasSubstr("01_index: how the queries run\n\n"
                        "SELECT id FROM users WHERE lower(name) = 'name77'\n"
                        "  seen by  the base schema\n"
                        "  before   " +
                        Text("full scan in a report")));
  EXPECT_THAT(finished.out, HasSubstr(" on users by users_lower_name\n"));
  EXPECT_THAT(finished.out,
              HasSubstr("  verdict  uses users_lower_name instead of a "
                        "sequential scan\n"));
  EXPECT_THAT(finished.out,
              HasSubstr("UPDATE users SET age = 2 WHERE nope = 1\n"
                        "  seen by  the base schema\n"
                        "  before   none\n"
                        "  after    none\n"
                        "  verdict  cannot be explained: " +
                        Text("no column nope") + "\n"));
}

TEST_P(ExplainCommandTest, Json) {
  ASSERT_EQ(0, Segue({"start", "01_index.yaml"}).exit_code);
  EXPECT_THAT(Segue({"verify", "--explain", "q.sql", "--json"}).out,
              HasSubstr("\"before\":null,\"after\":{\"error\":\"\",\"cost\":"));
  const std::string again =
      Segue({"verify", "--explain", "q.sql", "--json"}).out;
  EXPECT_THAT(again, HasSubstr("{\"migration\":\"01_index\",\"queries\":[{"
                               "\"query\":\"SELECT id FROM users\\n"));
  EXPECT_THAT(again, HasSubstr("\"version\":\"\",\"before\":{\"error\":\"\""));
  EXPECT_THAT(again, HasSubstr("\"index\":\"users_lower_name\"}"));
  EXPECT_THAT(again, HasSubstr("\"verdict\":\"unchanged\""));
}

SEGUE_INSTANTIATE(ExplainCommandTest);

}  // namespace
}  // namespace segue::test
