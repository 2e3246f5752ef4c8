// The ledger in the database: a layout that an earlier segue wrote.
#include "ledger/ledger.h"

#include <gmock/gmock.h>

#include "base/cancel.h"
#include "ledger/ledger_schema.h"
#include "segue/error.h"
#include "segue/migrator.h"
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
  // Undoes what the layouts after the third brought.
  void MakeThird() { db().Exec("DROP TABLE " + Prefix() + "range"); }
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
  base::CancelToken cancel;
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
