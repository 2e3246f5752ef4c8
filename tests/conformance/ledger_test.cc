// The ledger in the database: a layout that an earlier segue wrote.
#include "engine/ledger.h"

#include <gmock/gmock.h>

#include "engine/ledger_schema.h"
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
  void SetLayoutVersion(const std::string& version) {
    db().Exec("UPDATE " + Prefix() + "meta SET value = '" + version +
              "' WHERE name = 'version'");
  }
};

TEST_P(LedgerTest, UpgradesTheFirstLayoutUnderAnActiveMigration) {
  db().Exec("ALTER TABLE " + Prefix() + "migration DROP COLUMN folded_into;" +
            "DROP TABLE " + Prefix() + "instance");
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
