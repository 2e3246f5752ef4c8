// What segue status says to somebody who does not know what to do next.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/commands/bad_input.h"

namespace segue::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class StatusTest : public BadInputTest {
 protected:
  void SetUp() override {
    BadInputTest::SetUp();
    if (IsSkipped()) return;
    std::filesystem::create_directory(folder() + "/migrations");
    WriteFile("migrations/01_full_name.yaml",
              "operations: [{rename_column: {table: users, from: name, to: "
              "full_name}}]");
    WriteFile("migrations/02_years.yaml",
              "operations: [{rename_column: {table: users, from: age, to: "
              "years}}]");
  }
  std::string Said(const std::vector<std::string>& arguments) {
    const Finished finished = Segue(arguments);
    EXPECT_EQ(finished.exit_code, 0) << finished.err;
    return finished.out;
  }
};

TEST_P(StatusTest, SaysWhatComesNext) {
  EXPECT_EQ(Said({"status"}),
            "No migration has been started here.\n"
            "Pending: 01_full_name, 02_years.\n"
            "Next: segue plan 01_full_name shows what it would do; segue "
            "migrate starts all of them.\n");
  Said({"plan", "1"});
  Said({"start", "full"});
  EXPECT_THAT(
      Said({"status"}),
      HasSubstr("  Both versions are live.\n  next        bring out the "
                "new version of the application, then segue "
                "complete; or segue rollback\n"));
  EXPECT_THAT(Said({"status"}),
              HasSubstr("Pending: 02_years.\nThey begin when this one is "
                        "complete.\n"));
  Said({"complete", "--yes"});
  EXPECT_THAT(Said({"status"}),
              HasSubstr("  It is complete: only the new shape is left.\n"));
  EXPECT_THAT(Said({"status"}), HasSubstr("Next: segue plan 02_years shows"));
  std::filesystem::remove(folder() + "/migrations/01_full_name.yaml");
  EXPECT_THAT(Said({"status"}),
              HasSubstr("Applied, but no file has the name any more: "
                        "01_full_name.\n"));
  EXPECT_THAT(
      Said({"status", "--json"}),
      HasSubstr("\"pending\":[\"02_years\"],\"gone\":[\"01_full_name\"]"));
  Said({"start", "2"});
  Said({"rollback"});
  EXPECT_THAT(Said({"status"}), HasSubstr("It is rolled back"));
  EXPECT_THAT(Said({"status"}), Not(HasSubstr("They begin")));
}

SEGUE_INSTANTIATE(StatusTest);

}  // namespace
}  // namespace segue::test
