// What verify, --repair and --strict print and end with, as a user sees it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/commands/bad_input.h"

namespace segue::test {
namespace {

using ::testing::HasSubstr;

class VerifyCommandTest : public BadInputTest {
 protected:
  void SetUp() override {
    BadInputTest::SetUp();
    if (IsSkipped()) return;
    WriteRename();
    ASSERT_EQ(0, Segue({"start", "01_full_name.yaml"}).exit_code);
  }
  // The table is walked by its rowid where a BIGINT is no alias of it.
  std::string Key(int id) {
    return Text("key of users") + "=" + std::to_string(id);
  }
};

TEST_P(VerifyCommandTest, ListsThenMends) {
  db().ExecUnseen("UPDATE users SET full_name = 'bad' WHERE id = 2");
  const Finished found = Segue({"verify", "--quiet"});
  EXPECT_EQ(found.exit_code, 8);
  EXPECT_THAT(found.out, HasSubstr(" rows checked, in these:\n  users: " +
                                   Key(2) + "\nNext: segue verify --repair"));
  const Finished mended = Segue({"verify", "--repair", "--quiet"});
  EXPECT_EQ(mended.exit_code, 0);
  EXPECT_THAT(mended.out,
              HasSubstr("01_full_name: 1 row derived again.\n"
                        "01_full_name: old and new agree on about "));
  EXPECT_EQ(Segue({"verify"}).exit_code, 0);
  EXPECT_THAT(Segue({"history"}).out,
              HasSubstr("1 row of 'users' was derived again"));
}

TEST_P(VerifyCommandTest, StrictEndsWithEightForRowsGivenBothSides) {
  EXPECT_EQ(Segue({"verify", "--strict"}).exit_code, 0);
  db().Exec("UPDATE users SET name = 'a', full_name = 'b' WHERE id = 3");
  EXPECT_EQ(Segue({"verify"}).exit_code, 0);
  EXPECT_EQ(Segue({"verify", "--repair"}).exit_code, 0);
  const Finished strict = Segue({"verify", "--strict", "--repair"});
  EXPECT_EQ(strict.exit_code, 8);
  EXPECT_THAT(strict.out, HasSubstr("they are:\n  users: " + Key(3) + "\n"));
  EXPECT_THAT(
      Segue({"verify", "--strict", "--json", "--repair"}).out,
      HasSubstr(
          "\"clean\":true,\"mismatches\":[],\"grants\":[],\"rows_repaired\":0,"
          "\"both_given\":[\"users: " +
          Key(3) + "\"]}"));
  EXPECT_THAT(db().app().One("SELECT name FROM users WHERE id = 3"), "a");
}

TEST_P(VerifyCommandTest, RefusesWhatDoesNotGoTogether) {
  WriteFile("q.sql", "SELECT 1;");
  const Finished finished = Segue({"verify", "--repair", "--explain", "q.sql"});
  EXPECT_EQ(finished.exit_code, 2);
  EXPECT_THAT(finished.err, HasSubstr("goes without"));
}

TEST_P(VerifyCommandTest, RefusesAStandbyThatCannotBeOne) {
  const Finished finished =
      Segue({"verify", "--standby", Text("URL of another kind")});
  EXPECT_EQ(finished.exit_code, traits().has_standbys ? 2 : 3);
  EXPECT_THAT(finished.err, HasSubstr(Text("no standby of that URL")));
}

SEGUE_INSTANTIATE(VerifyCommandTest);

}  // namespace
}  // namespace segue::test
