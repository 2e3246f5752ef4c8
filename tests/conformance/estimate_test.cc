// What a migration is said to cost before it begins, and what it took.
#include <gmock/gmock.h>

#include "segue/migrator.h"
#include "tests/support/testbed.h"

namespace segue::test {
namespace {

using ::testing::Contains;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class EstimateTest : public DialectTest {
 protected:
  void SetUp() override {
    DialectTest::SetUp();
    if (IsSkipped()) return;
    db().Exec("CREATE TABLE users(id integer PRIMARY KEY, name text NOT NULL)");
    db().Exec("INSERT INTO users VALUES (1, 'alice'), (2, 'bob')");
  }

  void PretendManyRows() { db().Exec(Text("users seem to be many")); }

  static Migration Rename() {
    Migration migration("01_rename", "Rename name");
    migration.RenameColumn("users", "name", "full_name");
    return migration;
  }
};

TEST_P(EstimateTest, ComesWithThePlanTheChosenWayFirst) {
  PretendManyRows();
  Database database = db().Open();
  const Plan plan = Migrator(database, {}).MakePlan(Rename());
  ASSERT_EQ(plan.estimates.size(), 2U);
  const MotionEstimate& fill = plan.estimates[0];
  EXPECT_EQ(fill.table, "users");
  EXPECT_EQ(fill.motion, "fill");
  EXPECT_TRUE(fill.chosen);
  EXPECT_EQ(fill.rows, 1'000'000'000);
  EXPECT_GT(fill.seconds, 100);
  EXPECT_GT(fill.log_bytes, 0);
  EXPECT_THAT(fill.why, Not(IsEmpty()));
  EXPECT_EQ(plan.estimates[1].motion, "copy");
  EXPECT_FALSE(plan.estimates[1].chosen);
  EXPECT_GT(plan.estimates[1].disk_bytes, 1'000'000'000);
  EXPECT_THAT(ToText(plan), HasSubstr("Estimate: copying 'users' to a new "));
}

TEST_P(EstimateTest, OfATableThatIsCopiedIsThatOfTheCopy) {
  PretendManyRows();
  Database database = db().Open();
  const Plan plan =
      Migrator(database, {})
          .MakePlan(Migration("01_rebuild", "").RebuildTable("users"));
  ASSERT_EQ(plan.estimates.size(), 1U);
  const MotionEstimate& copy = plan.estimates[0];
  EXPECT_EQ(copy.motion, "copy");
  EXPECT_TRUE(copy.chosen);
  EXPECT_EQ(copy.rows, 1'000'000'000);
  EXPECT_GT(copy.disk_bytes, 0);
  EXPECT_THAT(ToText(plan), HasSubstr("Estimate: copying 'users' to a new "
                                      "table takes about "));
}

TEST_P(EstimateTest, StandsBesideWhatItTookInTheHistory) {
  PretendManyRows();
  const std::string rows = *db().app().One("SELECT count(*) FROM users");
  Database database = db().Open();
  const Outcome outcome = Migrator(database, {}).Start(Rename());
  EXPECT_THAT(outcome.plan.estimates, Not(IsEmpty()));
  EXPECT_THAT(outcome.history,
              Contains(Field(&HistoryEntry::message,
                             HasSubstr("(estimated 1,000,000,000 in "))));
  EXPECT_THAT(
      outcome.history,
      Contains(Field(&HistoryEntry::message,
                     HasSubstr("Filled 'users': " + rows + " rows in "))));
}

TEST_P(EstimateTest, IsNoNewsWhereItIsNextToNothing) {
  Database database = db().Open();
  Migrator migrator(database, {});
  EXPECT_THAT(ToText(migrator.MakePlan(Rename())),
              HasSubstr("Estimate: filling 'users' in place takes less than a "
                        "second\n"));
  EXPECT_THAT(
      migrator.Start(Rename()).history,
      Not(Contains(Field(&HistoryEntry::message, HasSubstr("estimated")))));
}

TEST_P(EstimateTest, IsNoneForATableWithoutRowsOrAMigrationWithoutAFill) {
  db().Exec("DELETE FROM users");
  db().Exec("VACUUM");
  Database database = db().Open();
  Migrator migrator(database, {});
  EXPECT_THAT(migrator.MakePlan(Rename()).estimates, IsEmpty());
  Migration add("02_add", "Add");
  add.AddColumn("users", {"nickname", "TEXT", true, {}});
  EXPECT_THAT(migrator.MakePlan(add).estimates, IsEmpty());
}

SEGUE_INSTANTIATE(EstimateTest);

class PostgresEstimateTest : public EstimateTest {};

// An owner may not read where the log is.
TEST_P(PostgresEstimateTest, OfWhatCannotBeMeasuredTheHistorySaysNothing) {
  PretendManyRows();
  db().Exec(
      "CREATE ROLE segue_owner; ALTER TABLE users OWNER TO segue_owner; "
      "DO $$ BEGIN EXECUTE format('GRANT CREATE ON DATABASE %I TO "
      "segue_owner', current_database()); END $$; "
      "GRANT ALL ON SCHEMA public TO segue_owner; REVOKE EXECUTE "
      "ON FUNCTION pg_current_wal_lsn() FROM PUBLIC");
  DatabaseOptions options;
  options.url = db().Url();
  options.role = "segue_owner";
  Database database = Database::Open(options);
  const Outcome outcome = Migrator(database, {}).Start(Rename());
  EXPECT_EQ(outcome.status.sub_state, SubState::kReady);
  EXPECT_THAT(
      outcome.history,
      Not(Contains(Field(&HistoryEntry::message, HasSubstr("estimated")))));
}

SEGUE_INSTANTIATE_ON(PostgresEstimateTest, PostgresTestbed());

}  // namespace
}  // namespace segue::test
