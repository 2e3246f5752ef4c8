// The story of examples/contract/, played behind a pooler.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/drivers/story.h"
#include "tests/support/pgbouncer.h"
#include "tests/support/postgres_server.h"
#include "tests/support/testbed.h"

namespace segue::test {
namespace {

using ::testing::HasSubstr;

class ContractStoryTest : public DialectTest {};

TEST_P(ContractStoryTest, NoRequestFailsAndTheHistoryTellsItAll) {
  if (!PgBouncer::Available() || !CanPlayStories()) {
    GTEST_SKIP() << "run scripts/install-deps";
  }
  const std::string name = *db().app().One("SELECT current_database()");
  const PgBouncer pooler(PostgresServer::Shared());
  const Finished finished = PlayStory(
      "contract",
      {PostgresServer::Shared().Url(name), pooler.Url(name, "postgres")});
  EXPECT_EQ(finished.exit_code, 0) << finished.out << finished.err;
  EXPECT_THAT(finished.out, HasSubstr(" requests, 0 failed; "));
  EXPECT_THAT(finished.out, HasSubstr(" acknowledged customers, 0 lost"));
}

SEGUE_INSTANTIATE_ON(ContractStoryTest, PostgresTestbed());

}  // namespace
}  // namespace segue::test
