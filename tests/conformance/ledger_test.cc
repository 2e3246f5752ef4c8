// The ledger in the database: a layout that an earlier segue wrote.
#include "ledger/ledger.h"

#include <gmock/gmock.h>

#include "ledger/ledger_schema.h"
#include "segue/cancel.h"
#include "segue/error.h"
#include "segue/migrator.h"
#include "tests/support/client.h"
#include "tests/support/testbed.h"

namespace segue::test {
namespace {

class LedgerTest : public DialectTest {
 protected:
  void SetUp() override {
    DialectTest::SetUp();
    if (IsSkipped()) return;
    db().Exec("CREATE TABLE users(id integer PRIMARY KEY, name text)");
    StartRename();
  }

  void StartRename() {
    Database database = db().Open();
    Migration migration("MIG-001", "Rename name");
    migration.RenameColumn("users", "name", "full_name");
    Migrator(database, {}).Start(migration);
  }

  std::string Prefix() { return dialect().capabilities().ledger_prefix; }
  std::string LayoutVersion() {
    return *db().app().One("SELECT value FROM " + Prefix() +
                           "meta WHERE name = 'version'");
  }
  // Undoes what the layouts after the fourth, or the third, brought.
  void MakeFourth() {
    db().Exec("INSERT INTO " + Prefix() +
              "motion SELECT schema_name, migration, name, kind, value, 0, 0, "
              "0, 1, at FROM " +
              Prefix() + "observation WHERE kind = 'gauge'");
    db().Exec("DROP TABLE " + Prefix() + "observation");
  }
  void MakeThird() {
    MakeFourth();
    db().Exec("DROP TABLE " + Prefix() + "range");
  }
  // As layout 4 kept what it had seen beside the walks.
  void AddMotion(const std::string& motion, const std::string& activity,
                 const std::string& position, int moved, bool done) {
    db().Exec("INSERT INTO " + Prefix() + "motion VALUES ('" + SchemaName() +
              "', 'MIG-001', '" + motion + "', '" + activity + "', '" +
              position + "', " + std::to_string(moved) + ", 0, 0, " +
              (done ? "1" : "0") + ", '2026-11-01T00:00:00Z')");
  }
  std::string SchemaName() { return dialect().capabilities().default_schema; }
  // "kind|name|value" of all that was seen on that day.
  std::string Observations() {
    return ToLines(db().Query("SELECT kind, name, value FROM " + Prefix() +
                              "observation WHERE at LIKE '2026-11-01%' "
                              "ORDER BY kind, name"));
  }
  void SetLayoutVersion(const std::string& version) {
    db().Exec("UPDATE " + Prefix() + "meta SET value = '" + version +
              "' WHERE name = 'version'");
  }
};

TEST_P(LedgerTest, UpgradesTheFirstLayoutUnderAnActiveMigration) {
  db().Exec("ALTER TABLE " + Prefix() + "migration DROP COLUMN folded_into;" +
            "DROP TABLE " + Prefix() + "instance; DROP TABLE " + Prefix() +
            "pace");
  MakeThird();
  db().Exec("DROP TABLE " + Prefix() + "transform_error");
  SetLayoutVersion("1");
  Database database = db().Open();
  const Outcome outcome = Migrator(database, {}).Complete();
  EXPECT_TRUE(outcome.status.is_complete());
  EXPECT_EQ(LayoutVersion(), std::to_string(engine::kLedgerVersion));
  EXPECT_EQ(db().app().One("SELECT count(*) FROM " + Prefix() + "instance"),
            "0");
  EXPECT_EQ(db().app().One("SELECT folded_into FROM " + Prefix() + "migration"),
            "");
}

TEST_P(LedgerTest, UpgradesTheSecondLayout) {
  MakeThird();
  db().Exec("DROP TABLE " + Prefix() + "transform_error");
  SetLayoutVersion("2");
  Database database = db().Open();
  EXPECT_TRUE(Migrator(database, {}).Complete().status.is_complete());
  EXPECT_EQ(LayoutVersion(), std::to_string(engine::kLedgerVersion));
  EXPECT_EQ(
      db().app().One("SELECT count(*) FROM " + Prefix() + "transform_error"),
      "0");
}

// Its walks had no ranges; one that was interrupted begins again, and finds
// the rows that are filled already.
TEST_P(LedgerTest, UpgradesTheThirdLayoutInTheMiddleOfABackfill) {
  {
    Database database = db().Open();
    Migrator(database, {}).Rollback();
  }
  db().Exec(
      "WITH RECURSIVE s(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM s WHERE "
      "i < 5000) INSERT INTO users SELECT i, 'x' FROM s");
  CancelToken cancel;
  MigratorOptions options;
  options.cancel = &cancel;
  options.listeners.Add([&](const Progress& progress) {
    if (progress.event == Progress::Event::kRows) cancel.Request();
  });
  Migration migration("MIG-002", "Rename name");
  migration.RenameColumn("users", "name", "full_name");
  {
    Database database = db().Open();
    EXPECT_THROW(Migrator(database, options).Start(migration), Error);
  }
  EXPECT_NE(db().app().One("SELECT count(*) FROM users WHERE full_name = 'x'"),
            "5000");
  MakeThird();
  SetLayoutVersion("3");
  Database database = db().Open();
  Migrator migrator(database, {});
  EXPECT_EQ(migrator.Start(migration).status.sub_state, SubState::kReady);
  EXPECT_TRUE(migrator.Verify().clean());
  EXPECT_EQ(db().app().One("SELECT count(*) FROM users WHERE full_name = 'x'"),
            "5000");
}

TEST_P(LedgerTest, UpgradesTheFourthLayoutWithWhatWasSeenMeanwhile) {
  MakeFourth();
  AddMotion("build 3.1", "build", "[]", 43, false);
  AddMotion("usage 3.0", "usage", "[]", 1204, true);
  AddMotion("orders", "gauge", "[\"\",120,5,null]", 0, true);
  AddMotion("told", "cost", "[1.5,null,8.0]", 0, true);
  AddMotion("under_way", "cost", "[2.5,64.0,8.0]", 0, false);
  AddMotion("digest", "explain ", "[\"base\"]", 0, true);
  AddMotion("digest", "explain 01_first", "[\"first\"]", 0, true);
  SetLayoutVersion("4");
  Database database = db().Open();
  EXPECT_EQ(Migrator(database, {}).Status()->sub_state, SubState::kReady);
  EXPECT_EQ(LayoutVersion(), "6");
  EXPECT_EQ(Observations(),
            "build|3.1|[43]\n"
            "fill_begin|told|[1.5,null,8.0]\n"
            "fill_begin|under_way|[2.5,64.0,8.0]\n"
            "fill_end|told|[]\n"
            "gauge|orders|[\"\",120,5,null]\n"
            "query_plan|digest|[\"base\"]\n"
            "query_plan|digest 01_first|[\"first\"]\n"
            "usage|3.0|[1204]\n");
  EXPECT_EQ(db().app().One("SELECT count(*) FROM " + Prefix() +
                           "motion WHERE activity <> 'backfill'"),
            "0");
  EXPECT_EQ(db().app().One("SELECT count(*) FROM " + Prefix() +
                           "motion WHERE activity = 'backfill'"),
            "1")
      << "a walk stays where it is";
  EXPECT_TRUE(Migrator(database, {}).Complete().status.is_complete());
}

// The line of a gauge compares with what was read before the upgrade.
TEST_P(LedgerTest, TellsOfAGaugeThatTheFourthLayoutHadRead) {
  MakeFourth();
  SetLayoutVersion("4");
  Database database = db().Open();
  const Outcome outcome = Migrator(database, {}).Complete();
  EXPECT_THAT(outcome.history,
              ::testing::Contains(
                  ::testing::Field(&HistoryEntry::message,
                                   ::testing::HasSubstr("probe of users")))
                  .Times(2))
      << "once when it was ready, and once now";
}

TEST_P(LedgerTest, LeavesANewerLayoutAlone) {
  SetLayoutVersion(std::to_string(engine::kLedgerVersion + 1));
  Database database = db().Open();
  try {
    Migrator(database, {}).Rollback();
    FAIL() << "nothing was thrown";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kRefused);
    EXPECT_THAT(error.what(), ::testing::HasSubstr("newer segue"));
  }
  EXPECT_EQ(LayoutVersion(), std::to_string(engine::kLedgerVersion + 1));
}

SEGUE_INSTANTIATE(LedgerTest);

}  // namespace
}  // namespace segue::test
