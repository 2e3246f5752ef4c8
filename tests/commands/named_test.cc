// Commands that name their migration act on that one, or say why not.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/commands/bad_input.h"

namespace segue::test {
namespace {

using ::testing::HasSubstr;

class NamedTest : public BadInputTest {
 protected:
  void SetUp() override {
    BadInputTest::SetUp();
    if (IsSkipped()) return;
    WriteRename();
    WriteFile("02_years.yaml",
              "operations: [{rename_column: {table: users, from: age, to: "
              "years}}]");
  }
  // Runs it, and returns its exit code and what it has said.
  std::string Answer(const std::vector<std::string>& arguments) {
    const Finished finished = Segue(arguments);
    return std::to_string(finished.exit_code) + " " + finished.err +
           finished.out;
  }
  void Done(const std::vector<std::string>& arguments) {
    const Finished finished = Segue(arguments);
    ASSERT_EQ(finished.exit_code, 0) << finished.err;
  }
};

TEST_P(NamedTest, AnotherNameThanTheActiveOneIsRefused) {
  Done({"start", "01_full_name"});
  for (const char* command :
       {"complete", "rollback", "resume", "cancel", "pause"}) {
    EXPECT_EQ(Answer({command, "01_ful_name"}),
              "4 segue: no migration called '01_ful_name' has been started; "
              "'01_full_name' is active\n"
              "  hint: did you mean 01_full_name?\n")
        << command;
    // The file is there, and was never started.
    EXPECT_EQ(Answer({command, "02_years"}),
              "3 segue: no migration called '02_years' has been started; "
              "'01_full_name' is active\n"
              "  hint: 'segue start 02_years' begins it\n")
        << command;
  }
  EXPECT_THAT(Answer({"pace", "30%", "02_years"}), HasSubstr("3 segue: "));
  EXPECT_THAT(Answer({"status"}), HasSubstr("MIGRATING (ready)"));
  Done({"complete", "01_full_name", "--yes"});
}

TEST_P(NamedTest, WhatHasHappenedAlreadyIsNoFailure) {
  Done({"start", "01_full_name"});
  EXPECT_THAT(Answer({"complete", "--yes"}),
              HasSubstr("acting on 01_full_name, the active migration\n"));
  EXPECT_EQ(Answer({"complete", "01_full_name", "--yes"}),
            "0 Note: migration '01_full_name' is already complete\n");
  EXPECT_EQ(Answer({"resume", "01_full_name"}),
            "0 Note: migration '01_full_name' is already complete\n");
  EXPECT_EQ(Answer({"pause", "01_full_name"}),
            "0 01_full_name is over, so nothing is moving.\n");
  EXPECT_THAT(Answer({"rollback", "01_full_name"}),
              HasSubstr("3 segue: migration '01_full_name' is already "
                        "complete\n"));
  EXPECT_THAT(Answer({"cancel", "01_full_name"}), HasSubstr("3 segue: "));

  Done({"start", "02_years"});
  // Also beside another one, which is not touched.
  EXPECT_EQ(Answer({"complete", "01_full_name", "--yes"}),
            "0 Note: migration '01_full_name' is already complete\n");
  EXPECT_THAT(Answer({"rollback", "01_full_name"}),
              HasSubstr("complete; '02_years' is active (MIGRATING)\n"));
  Done({"rollback", "02_years"});
  EXPECT_EQ(Answer({"rollback", "02_years"}),
            "0 Note: migration '02_years' is already rolled back\n");
  EXPECT_EQ(Answer({"cancel", "02_years"}),
            "0 Note: migration '02_years' is already rolled back\n");
  EXPECT_EQ(Answer({"complete", "02_years", "--yes"}),
            "3 segue: migration '02_years' is already rolled back\n"
            "  hint: 'segue start 02_years' begins it again\n");
  EXPECT_EQ(Answer({"rollback", "02_years", "--dry-run"}),
            "0 02_years would go through:\n"
            "Note: migration '02_years' is already rolled back\n"
            "Note: dry run: nothing was executed\n");
}

TEST_P(NamedTest, APartOfAFoldNamesTheWhole) {
  Done({"migrate", "--dir", "."});
  EXPECT_EQ(Answer({"complete", "01_full_name", "--yes"}),
            "3 segue: migration '01_full_name' is a part of '02_years', which "
            "is active (MIGRATING)\n"
            "  hint: name '02_years': what is done to it is done to all of its "
            "parts\n");
  Done({"complete", "02_years", "--yes"});
  EXPECT_EQ(Answer({"complete", "01_full_name", "--yes"}),
            "0 Note: migration '01_full_name' is already complete, with "
            "'02_years'\n");
}

TEST_P(NamedTest, BlockersAreEndedOnlyWithAReasonAndWhereThatIsPossible) {
  const std::string together =
      "2 segue: --kill-blockers-after and --reason TEXT go together\n";
  EXPECT_THAT(Answer({"start", "01_full_name", "--kill-blockers-after", "1s"}),
              HasSubstr(together));
  EXPECT_THAT(Answer({"start", "01_full_name", "--reason", "x"}),
              HasSubstr(together));
  const std::string answer =
      Answer({"start", "01_full_name", "--kill-blockers-after", "1s",
              "--reason", "x"});
  EXPECT_EQ(answer.front(), GetParam().dialect == "sqlite" ? '3' : '0')
      << answer;
  if (GetParam().dialect != "sqlite") return;
  EXPECT_THAT(answer,
              HasSubstr("SQLite cannot end a session that is in the way\n"));
}

SEGUE_INSTANTIATE(NamedTest);

}  // namespace
}  // namespace segue::test
