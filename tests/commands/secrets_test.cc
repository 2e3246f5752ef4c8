// The password of a URL on the command line is not shown to other users.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "tests/commands/bad_input.h"

namespace segue::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class SecretsTest : public BadInputTest {};

std::string CommandLineOf(pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/cmdline");
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST_P(SecretsTest, TheListOfProcessesHasNoPassword) {
  WriteRename();
  std::string url = db().Url();
  const std::string user = "://postgres@";
  const std::size_t at = url.find(user);
  ASSERT_NE(at, std::string::npos) << url;
  url.replace(at, user.size(), "://postgres:marked-secret@");
  // It waits for the table, and is looked at meanwhile.
  db().Exec("BEGIN; LOCK TABLE users");
  Command command = SegueCommand({"start", "01_full_name.yaml", "--url", url});
  command.directory = folder();
  Process start(command);
  WaitUntil(*db().NewClient(),
            "SELECT count(*) > 0 FROM pg_locks WHERE NOT granted", "t");
  EXPECT_THAT(CommandLineOf(start.pid()),
              AllOf(HasSubstr("start"), HasSubstr("postgres:*************@"),
                    Not(HasSubstr("marked-secret"))));
  db().Exec("COMMIT");
  const Finished finished = start.Wait();
  EXPECT_EQ(finished.exit_code, 0) << finished.err;
  EXPECT_THAT(finished.out + finished.err, Not(HasSubstr("marked-secret")));
}

SEGUE_INSTANTIATE_ON(SecretsTest, PostgresTestbed());

}  // namespace
}  // namespace segue::test
