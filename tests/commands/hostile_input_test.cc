// Input that wants to do more than it says: text that ends its statement,
// control characters, outputs that are closed or full.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/commands/bad_input.h"
#include "tests/support/built.h"

namespace segue::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr int kRefusedOrUsage = 3;

class HostileInputTest : public BadInputTest {
 protected:
  // Plans a file and expects a refusal that changes nothing.
  void ExpectPlanRefused(const std::string& operation) {
    SCOPED_TRACE(operation);
    WriteFile("01_hostile.json", R"({"operations":[)" + operation + "]}");
    const std::string before = db().Dump();
    const Finished finished = Segue({"plan", "01_hostile.json"});
    EXPECT_NE(finished.exit_code, 0) << finished.out;
    EXPECT_LE(finished.exit_code, kRefusedOrUsage);
    EXPECT_EQ(db().Dump(), before);
  }
  // Runs segue by a shell, which can close its descriptors.
  Finished Shell(const std::string& words) {
    Command command;
    command.argv = {"sh", "-c", SegueProgram() + " " + words};
    command.environment = {{"DATABASE_URL", db().Url()}};
    command.directory = folder();
    return RunCommand(command);
  }
};

// The case is sec-plan-runs-injected-sql.
TEST_P(HostileInputTest, NoTextEndsItsStatementInAPlan) {
  db().Exec("CREATE TABLE victim(x int)");
  const std::string drop = "; COMMIT; DROP TABLE victim; --";
  ExpectPlanRefused(
      R"({"create_table":{"name":"t","columns":[{"name":"id","type":"text))" +
      drop + R"(","pk":true}]}})");
  ExpectPlanRefused(
      R"({"alter_column":{"table":"users","column":"name","type":"text)" +
      drop + R"(","up":"name","down":"name"}})");
  ExpectPlanRefused(
      R"({"add_column":{"table":"users","column":{"name":"x","type":"text)" +
      drop + R"(","nullable":true}}})");
  for (const char* type :
       {"text CHECK (false)", "text REFERENCES victim", "text DEFAULT 5"}) {
    ExpectPlanRefused(
        R"({"add_column":{"table":"users","column":{"name":"x","type":")" +
        std::string(type) + R"(","nullable":true}}})");
  }
  ExpectPlanRefused(
      R"({"create_index":{"table":"users","name":"i","columns":{"name":{)"
      R"("collate":"\"C\"))" +
      drop + R"("}}}})");
  ExpectPlanRefused(
      R"({"create_index":{"table":"users","name":"i","columns":{"name":{)"
      R"("opclass":{"name":"asc))" +
      drop + R"("}}}}})");
  ExpectPlanRefused(
      R"({"alter_column":{"table":"users","column":"name","type":"text",)"
      R"("down":"name","up":"name)" +
      drop + R"("}})");
  ExpectPlanRefused(
      R"({"alter_column":{"table":"users","column":"name","type":"text",)"
      R"("up":"name","down":"name)" +
      drop + R"("}})");
}

// The case is sec-terminal-escapes.
TEST_P(HostileInputTest, ControlCharactersAreShownAsText) {
  WriteFile("01_sql.json",
            R"({"operations":[{"sql":{"up":"SELECT 1 /* \u001b[2Jfine )"
            R"(\u009b1m */","down":"SELECT 1"}}]})");
  const Finished plan = Segue({"plan", "01_sql.json"});
  EXPECT_EQ(plan.exit_code, 0) << plan.err;
  EXPECT_THAT(plan.out, HasSubstr("\\x1b[2Jfine \\x9b1m"));
  EXPECT_THAT(plan.out, Not(HasSubstr("\x1b")));
  WriteFile("02_key.yaml", "\"op\\e[2J\\nsegue: done\": 1\n");
  const Finished unknown = Segue({"plan", "02_key.yaml"});
  EXPECT_EQ(unknown.exit_code, 2);
  EXPECT_THAT(unknown.err, HasSubstr("\\x1b[2J"));
  EXPECT_THAT(unknown.err, Not(HasSubstr("\x1b")));
  EXPECT_THAT(unknown.err, Not(HasSubstr("\nsegue: done")));
}

// The case is sec-closed-descriptors.
TEST_P(HostileInputTest, ClosedDescriptorsNeverBecomeAConnection) {
  WriteFile("01_rename.yaml",
            "operations:\n"
            "  - rename_column: {table: users, from: name, to: full_name}\n");
  EXPECT_EQ(Shell("start 01_rename.yaml <&- >&- 2>&-").exit_code, 0);
  const Finished status = Shell("status 2>&-");
  EXPECT_EQ(status.exit_code, 0);
  EXPECT_THAT(status.out, HasSubstr("ready"));
  EXPECT_EQ(Shell("complete --yes >&-").exit_code, 0);
}

TEST_P(HostileInputTest, AnAnswerThatCannotBeWrittenIsAnError) {
  for (const char* words : {"status --json", "url", "help"}) {
    const Finished full = Shell(std::string(words) + " >/dev/full");
    EXPECT_EQ(full.exit_code, 1) << words;
    EXPECT_THAT(full.err, HasSubstr("the answer cannot be written")) << words;
  }
}

SEGUE_INSTANTIATE(HostileInputTest);

}  // namespace
}  // namespace segue::test
