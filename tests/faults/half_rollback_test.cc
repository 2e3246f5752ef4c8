// A rollback that a lock stops half-way: the state says so, applications of the
// new version are refused by name, and only the rollback goes on.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "segue/error.h"
#include "segue/migrator.h"
#include "segue/versions.h"
#include "tests/support/testbed.h"
#include "tests/support/thrown.h"

namespace segue::test {
namespace {

using testing::HasSubstr;

class HalfRollbackTest : public DialectTest {
 protected:
  static Migration Widening() {
    Migration migration("halfrb", "Widen u.qty");
    ColumnChange change;
    change.type = "bigint";
    change.up = "qty * 100";
    change.down = "qty / 100";
    migration.AlterColumn("u", "qty", change);
    return migration;
  }

  static std::string FailureOf(Client& client, const std::string& sql) {
    try {
      client.Query(sql);
    } catch (const ClientError& error) {
      return error.what();
    }
    return "it was taken";
  }

  void ExpectOnlyRollback(Database& database, Migrator& migrator) {
    Versions versions(database, {});
    EXPECT_EQ(migrator.Status()->sub_state, SubState::kRollingBack);
    ASSERT_EQ(versions.List().size(), 1U);
    EXPECT_EQ(versions.List()[0].state, "rolling back");
    EXPECT_THAT(
        std::string(ThrownBy([&] { versions.UrlFor("latest"); }).what()),
        HasSubstr("is rolling back"));
    for (const Error& error : {ThrownBy([&] { migrator.Verify(); }),
                               ThrownBy([&] { migrator.Complete(); }),
                               ThrownBy([&] { migrator.Start(Widening()); })}) {
      EXPECT_EQ(error.kind(), ErrorKind::kRefused);
      EXPECT_THAT(std::string(error.what()), HasSubstr("is rolling back"));
    }
  }
};

// Case half_rollback_says_ready.
TEST_P(HalfRollbackTest, IsSaidAndRefusesTheNewVersion) {
  db().Exec("CREATE TABLE u (id int PRIMARY KEY, qty int)");
  db().Exec("INSERT INTO u VALUES (1, 1), (2, 2)");
  const std::string before = db().Dump();
  Database database = db().Open();
  MigratorOptions options;
  options.access = Access::kVersioned;
  options.lock_budget = std::chrono::milliseconds(50);
  options.lock_patience = std::chrono::milliseconds(300);
  Migrator migrator(database, options);
  migrator.Start(Widening());
  const auto new_client = db().NewVersionClient("latest");
  new_client->Query("INSERT INTO u VALUES (3, 300)");
  const auto reader = db().NewClient();
  reader->Query("BEGIN; SELECT count(*) FROM u");

  EXPECT_EQ(ThrownBy([&] { migrator.Rollback(); }).kind(),
            ErrorKind::kLockTimeout);
  ExpectOnlyRollback(database, migrator);
  EXPECT_EQ(ThrownBy([&] { migrator.Resume(); }).kind(),
            ErrorKind::kLockTimeout);
  for (const char* sql :
       {"SELECT * FROM u", "SELECT qty FROM u WHERE id = 1 AND qty = 2",
        "SELECT count(*) FROM u", "INSERT INTO u VALUES (400, 50000)",
        "UPDATE u SET qty = 70000 WHERE id = 1", "DELETE FROM u WHERE id = 1",
        "INSERT INTO u (id) SELECT 5 ON CONFLICT DO NOTHING"}) {
    EXPECT_THAT(FailureOf(*new_client, sql),
                HasSubstr("version public_halfrb is rolling back"))
        << sql;
  }
  db().Exec("UPDATE u SET qty = 20 WHERE id = 2");

  reader->Query("ROLLBACK");
  EXPECT_EQ(migrator.Resume().status.phase, Phase::kRolledBack);
  EXPECT_EQ(db().Dump(), before);
  EXPECT_EQ(ToLines(db().Query("SELECT id, qty FROM u ORDER BY id")),
            "1|1\n2|20\n3|3\n");
  EXPECT_THAT(Versions(database, {}).List(), testing::IsEmpty());
}

// A reader of the version's own view can only keep it as it is.
TEST_P(HalfRollbackTest, AVersionThatIsInUseGoesOnUntilItIsRefused) {
  db().Exec("CREATE TABLE u (id int PRIMARY KEY, qty int)");
  Database database = db().Open();
  MigratorOptions options;
  options.access = Access::kVersioned;
  options.lock_budget = std::chrono::milliseconds(50);
  options.lock_patience = std::chrono::milliseconds(300);
  Migrator migrator(database, options);
  migrator.Start(Widening());
  const auto new_client = db().NewVersionClient("latest");
  new_client->Query("BEGIN; INSERT INTO u VALUES (1, 100)");
  EXPECT_EQ(ThrownBy([&] { migrator.Rollback(); }).kind(),
            ErrorKind::kLockTimeout);
  ExpectOnlyRollback(database, migrator);
  new_client->Query("INSERT INTO u VALUES (2, 200); COMMIT");
  migrator.Rollback();
  EXPECT_EQ(ToLines(db().Query("SELECT id, qty FROM u ORDER BY id")),
            "1|1\n2|2\n");
}

SEGUE_INSTANTIATE_ON(HalfRollbackTest, PostgresTestbed());

// SQLite has one writer at a time, so that a step is either done or not. A view
// that does not resolve stops it as a lock stops a server.
class HalfRollbackSqliteTest : public HalfRollbackTest {};
SEGUE_INSTANTIATE_ON(HalfRollbackSqliteTest, SqliteTestbed());

TEST_P(HalfRollbackSqliteTest, IsSaidAndRefusesTheNewVersion) {
  db().Exec("CREATE TABLE u (id integer PRIMARY KEY, qty int)");
  db().Exec("INSERT INTO u VALUES (1, 1), (2, 2)");
  const std::string before = db().Dump();
  Database database = db().Open();
  MigratorOptions options;
  options.access = Access::kVersioned;
  Migrator migrator(database, options);
  migrator.Start(Widening());
  const auto new_client = db().NewVersionClient("latest");
  new_client->Query("INSERT INTO u (id, qty) VALUES (3, 300)");
  db().Exec("CREATE VIEW v AS SELECT nosuch FROM gone");
  EXPECT_EQ(ThrownBy([&] { migrator.Rollback(); }).kind(), ErrorKind::kRefused);
  ExpectOnlyRollback(database, migrator);
  for (const char* sql :
       {"SELECT * FROM u", "SELECT qty FROM u WHERE id = 1 AND qty = 2",
        "SELECT count(*) FROM u", "INSERT INTO u (id, qty) VALUES (400, 50000)",
        "UPDATE u SET qty = 70000 WHERE id = 1", "DELETE FROM u"}) {
    EXPECT_THAT(FailureOf(*new_client, sql),
                HasSubstr("version main_halfrb is rolling back"))
        << sql;
  }
  db().Exec("UPDATE u SET qty = 20 WHERE id = 2; DROP VIEW v");
  EXPECT_EQ(migrator.Resume().status.phase, Phase::kRolledBack);
  EXPECT_EQ(db().Dump(), before);
  EXPECT_EQ(ToLines(db().Query("SELECT id, qty FROM u ORDER BY id")),
            "1|1\n2|20\n3|3\n");
}

}  // namespace
}  // namespace segue::test
