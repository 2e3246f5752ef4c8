// What an application cannot do to the provenance of a row, and to the setting
// by which the triggers know the runner.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "manifest/manifest.h"
#include "segue/migrator.h"
#include "tests/support/postgres_server.h"
#include "tests/support/roles.h"
#include "tests/support/testbed.h"

namespace segue::test {
namespace {

using testing::HasSubstr;

class ProvenanceTest : public DialectTest {
 protected:
  void SetUp() override {
    DialectTest::SetUp();
    if (IsSkipped()) return;
    name_ = *db().app().One("SELECT current_database()");
    for (const char* role : {"provenance_app", "provenance_none"}) {
      CreateRole(db(), role);
    }
    db().Exec(
        "CREATE TABLE users(id integer PRIMARY KEY, name text);"
        "INSERT INTO users VALUES (1, 'One'), (2, 'Two');"
        "GRANT SELECT, INSERT, UPDATE ON users TO provenance_app");
  }

  std::string Url(const std::string& role) {
    return PostgresServer::Shared().Url(name_, role);
  }
  void AsApp(const std::string& sql) {
    OpenPostgresClient(Url("provenance_app"))->Query(sql);
  }
  std::string Users() {
    return ToLines(
        db().Query("SELECT id, name, full_name, _segue_d FROM users "
                   "ORDER BY id"));
  }
  Migrator& Start(const std::string& more = "") {
    database_.emplace(db().Open());
    migrator_.emplace(*database_, MigratorOptions{});
    migrator_->Start(manifest::Parse(
        more + "operations: [rename_column: {table: users, from: name, to: "
               "full_name}]",
        "01_rename.yaml"));
    return *migrator_;
  }

  std::string name_;
  std::optional<Database> database_;
  std::optional<Migrator> migrator_;
};

// The setting belongs to any session; the rights that go with it do not.
TEST_P(ProvenanceTest, OnlyTheRunnerIsTakenForTheRunner) {
  Migrator& migrator = Start();
  AsApp("SET segue.backfill = 'on'; UPDATE users SET name = 'x' WHERE id = 1");
  EXPECT_EQ(Users(), "1|x|x|1\n2|Two|Two|1\n");
  // The rights of an owner, lent by a function, do not make a runner either.
  db().Exec(
      "CREATE FUNCTION lent() RETURNS void LANGUAGE sql SECURITY DEFINER AS "
      "'UPDATE users SET name = ''y'' WHERE id = 1'");
  AsApp("SET segue.backfill = 'on'; SELECT lent()");
  EXPECT_EQ(Users(), "1|y|y|1\n2|Two|Two|1\n");
  EXPECT_TRUE(migrator.Complete().status.is_complete());
}

// A trigger of the user's that the fill of one table fires writes another.
TEST_P(ProvenanceTest, WhatATriggerWritesMeanwhileIsKeptInStep) {
  db().Exec(
      "CREATE TABLE orders(id integer PRIMARY KEY, note text);"
      "INSERT INTO orders VALUES (7, 'n')");
  Start();
  // The plan of the second table's change knows nothing of this one.
  db().Exec(
      "CREATE FUNCTION tell() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
      "UPDATE users SET name = 'told' WHERE id = 2; RETURN NULL; END $$;"
      "CREATE TRIGGER tell AFTER UPDATE ON orders FOR EACH ROW "
      "EXECUTE FUNCTION tell()");
  // As the runner writes: with its setting and its rights.
  db().Exec(
      "BEGIN; SET LOCAL segue.backfill = 'on'; "
      "UPDATE orders SET note = 'm'; COMMIT");
  EXPECT_EQ(Users(), "1|One|One|1\n2|told|told|1\n");
}

TEST_P(ProvenanceTest, AWriteThatNamesItIsBroughtBack) {
  Start();
  for (const char* value : {"7", "-5", "0", "2", "4", "NULL"}) {
    AsApp(std::string("UPDATE users SET _segue_d = ") + value);
    EXPECT_EQ(Users(), "1|One|One|1\n2|Two|Two|1\n") << value;
    AsApp(std::string("UPDATE users SET name = 'n', _segue_d = ") + value +
          " WHERE id = 2; UPDATE users SET name = 'Two' WHERE id = 2");
    EXPECT_EQ(Users(), "1|One|One|1\n2|Two|Two|1\n") << value;
  }
}

// An INSERT has to be let pass, because a row that moves to another partition
// comes as one.
TEST_P(ProvenanceTest, AnInsertThatNamesItIsAMismatch) {
  Migrator& migrator = Start();
  AsApp("INSERT INTO users(id, name, _segue_d) VALUES (3, 'Three', 4)");
  AsApp("INSERT INTO users(id, name, _segue_d) VALUES (4, 'Four', 9)");
  EXPECT_EQ(migrator.Verify().mismatches.size(), 2U);
  EXPECT_EQ(migrator.Verify({true, false}).rows_repaired, 2);
  EXPECT_THAT(Users(), HasSubstr("3|Three|Three|1\n4|Four|Four|1\n"));
}

// The case is B of sec-terminal-escapes.
TEST_P(ProvenanceTest, TheLogOfFailedRowsTakesNothingFromOthers) {
  database_.emplace(db().Open());
  migrator_.emplace(*database_, MigratorOptions{});
  migrator_->Start(manifest::Parse(
      "on_transform_error: mark\n"
      "operations: [alter_column: {table: users, column: name, type: "
      "integer, up: length(name), down: name::text}]",
      "04_mk.yaml"));
  const std::string mark = *db().app().One(
      "SELECT oid::regproc::text FROM pg_proc WHERE proname LIKE 'mark%'");
  const std::string call = "SELECT " + mark +
                           "('[' || g || ']', 'up', '22P02', 'false success') "
                           "FROM generate_series(1, 10050) g";
  const auto count = [&] {
    return *db().app().One("SELECT count(*) FROM segue.transform_error");
  };
  // Directly, and from a trigger of a role that may not write the table.
  for (const char* role : {"provenance_none", "provenance_app"}) {
    const std::unique_ptr<Client> client = OpenPostgresClient(Url(role));
    client->Query(call);
    EXPECT_EQ(count(), "0") << role;
    client->Query(
        "CREATE TEMP TABLE own(x int);"
        "CREATE FUNCTION pg_temp.forge() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN PERFORM * FROM (" +
        call +
        ") f; RETURN NULL; END $$;"
        "CREATE TRIGGER forge AFTER INSERT ON own FOR EACH ROW EXECUTE "
        "FUNCTION pg_temp.forge(); INSERT INTO own VALUES (1)");
    // Whoever may write the table can make rows fail anyway; there is a limit.
    EXPECT_EQ(count(), role == std::string("provenance_none") ? "0" : "10000");
  }
}

SEGUE_INSTANTIATE_ON(ProvenanceTest, PostgresTestbed());

}  // namespace
}  // namespace segue::test
