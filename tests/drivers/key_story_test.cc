// The story of examples/int-key-runs-out/.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/built.h"
#include "tests/support/postgres_server.h"
#include "tests/support/process.h"
#include "tests/support/testbed.h"

namespace segue::test {
namespace {

using ::testing::HasSubstr;

class KeyStoryTest : public DialectTest {};

TEST_P(KeyStoryTest, NoStatementFailsPastTheEndOfTheType) {
  Command imports;
  imports.argv = {"/usr/bin/python3", "-c", "import psycopg2"};
  if (RunCommand(imports).exit_code != 0) {
    GTEST_SKIP() << "run scripts/install-deps";
  }
  const std::string name = *db().app().One("SELECT current_database()");
  Command story;
  story.argv = {"/usr/bin/python3",
                SourceDir() + "/examples/int-key-runs-out/story.py",
                SegueProgram(), PostgresServer::Shared().Url(name)};
  story.environment = {{"PYTHONDONTWRITEBYTECODE", "1"}};
  const Finished finished = RunCommand(story);
  EXPECT_EQ(finished.exit_code, 0) << finished.out << finished.err;
  EXPECT_THAT(finished.out, HasSubstr(" statements, 0 failed; "));
  EXPECT_THAT(finished.out, HasSubstr(" acknowledged events, 0 lost"));
}

SEGUE_INSTANTIATE_ON(KeyStoryTest, PostgresTestbed());

}  // namespace
}  // namespace segue::test
