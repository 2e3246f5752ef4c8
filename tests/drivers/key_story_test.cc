// The story of examples/int-key-runs-out/.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/drivers/story.h"
#include "tests/support/postgres_server.h"
#include "tests/support/testbed.h"

namespace segue::test {
namespace {

using ::testing::HasSubstr;

class KeyStoryTest : public DialectTest {};

TEST_P(KeyStoryTest, NoStatementFailsPastTheEndOfTheType) {
  if (!CanPlayStories()) GTEST_SKIP() << "run scripts/install-deps";
  const std::string name = *db().app().One("SELECT current_database()");
  const Finished finished =
      PlayStory("int-key-runs-out", {PostgresServer::Shared().Url(name)});
  EXPECT_EQ(finished.exit_code, 0) << finished.out << finished.err;
  EXPECT_THAT(finished.out, HasSubstr(" statements, 0 failed; "));
  EXPECT_THAT(finished.out, HasSubstr(" acknowledged events, 0 lost"));
}

SEGUE_INSTANTIATE_ON(KeyStoryTest, PostgresTestbed());

}  // namespace
}  // namespace segue::test
