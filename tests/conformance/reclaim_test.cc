// The statement that runs beside a fill.
#include "backfill/reclaim.h"

#include <gtest/gtest.h>

#include <chrono>
#include <optional>

#include "segue/migrator.h"
#include "tests/support/eventually.h"
#include "tests/support/testbed.h"

namespace segue::test {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::seconds;

class ReclaimTest : public DialectTest {
 protected:
  static std::optional<Error> FailureOf(engine::Reclaim& reclaim) {
    std::optional<Error> failure;
    Eventually([&] {
      failure = reclaim.TakeFailure();
      return failure || !reclaim.running();
    });
    if (failure) return failure;
    EXPECT_FALSE(reclaim.running());
    return reclaim.TakeFailure();  // of a start without a session
  }
};

TEST_P(ReclaimTest, RunsBesideItsCallerAndAgain) {
  Database database = db().Open();
  db().Exec("CREATE TABLE t(id bigint)");
  engine::Reclaim reclaim(database);
  for (int round = 0; round < 2; ++round) {
    reclaim.Start("SET vacuum_cost_delay = 0", "VACUUM t");
    EXPECT_EQ(reclaim.settings(), "SET vacuum_cost_delay = 0");
    EXPECT_FALSE(FailureOf(reclaim));
  }
}

TEST_P(ReclaimTest, EndsAtOnceWhenToldToAndByItself) {
  Database database = db().Open();
  const auto begin = Clock::now();
  engine::Reclaim stopped(database);
  stopped.Start("SET vacuum_cost_delay = 0", "SELECT pg_sleep(60)");
  stopped.Stop();
  EXPECT_FALSE(stopped.running());
  EXPECT_FALSE(stopped.TakeFailure());
  {
    engine::Reclaim ended(database);
    ended.Start("SET vacuum_cost_delay = 0", "SELECT pg_sleep(60)");
    // Not before it has begun, this time.
    WaitUntil(db().app(),
              "SELECT count(*) FROM pg_stat_activity WHERE application_name = "
              "'segue reclaim' AND state = 'active' AND query LIKE "
              "'%pg_sleep%' AND datname = current_database()",
              "1");
  }
  EXPECT_LT(Clock::now() - begin, seconds(20));
}

TEST_P(ReclaimTest, SaysOnceWhyItFailed) {
  Database database = db().Open();
  engine::Reclaim reclaim(database);
  reclaim.Start("SET vacuum_cost_delay = 0", "VACUUM no_such_table");
  const auto error = FailureOf(reclaim);
  ASSERT_TRUE(error);
  EXPECT_NE(std::string(error->what()).find("no_such_table"),
            std::string::npos);
  EXPECT_FALSE(reclaim.TakeFailure());
}

TEST_P(ReclaimTest, ASessionThatIsCutIsNotTheEnd) {
  Database database = db().Open();
  engine::Reclaim reclaim(database);
  reclaim.Start("SET vacuum_cost_delay = 0", "SELECT pg_sleep(60)");
  ASSERT_TRUE(Eventually([&] {
    return db().app().One(
               "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
               "WHERE application_name = 'segue reclaim' AND query LIKE "
               "'%pg_sleep%'") == "1";
  }));
  EXPECT_TRUE(FailureOf(reclaim));
  reclaim.Start("SET vacuum_cost_delay = 0", "SELECT 1");
  EXPECT_FALSE(FailureOf(reclaim));
}

// A sixth of the table, and 100,000 rows, are worth one.
TEST_P(ReclaimTest, AFillGivesRoomBackAsItGoes) {
  db().Exec(
      "CREATE TABLE t(id integer PRIMARY KEY, v integer NOT NULL) WITH "
      "(autovacuum_enabled = off); INSERT INTO t SELECT i, i FROM "
      "generate_series(1, 350000) i; ANALYZE t");
  const auto size = [&] {
    return std::stod(*db().app().One("SELECT pg_table_size('t')"));
  };
  const double before = size();
  Database database = db().Open();
  Migrator migrator(database, {});
  Migration migration("01_wide", "Widen v");
  ColumnChange change;
  change.type = "bigint";
  migration.AlterColumn("t", "v", change);
  migrator.Start(migration);
  EXPECT_GE(std::stoi(*db().app().One("SELECT vacuum_count FROM "
                                      "pg_stat_user_tables WHERE relname = "
                                      "'t'")),
            1);
  EXPECT_LT(size(), 1.8 * before);
  for (const HistoryEntry& entry : migrator.History()) {
    EXPECT_EQ(entry.message.find("not given back"), std::string::npos)
        << entry.message;
  }
}

SEGUE_INSTANTIATE_ON(ReclaimTest, PostgresTestbed());

}  // namespace
}  // namespace segue::test
