// A ledger that somebody else made or may write is refused before anything of
// it is read or run.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <map>

#include "manifest/manifest.h"
#include "segue/error.h"
#include "segue/instances.h"
#include "segue/migrator.h"
#include "tests/support/postgres_server.h"
#include "tests/support/roles.h"
#include "tests/support/testbed.h"
#include "tests/support/thrown.h"

namespace segue::test {
namespace {

using testing::HasSubstr;

class LedgerGuardTest : public DialectTest {
 protected:
  void SetUp() override {
    DialectTest::SetUp();
    if (IsSkipped()) return;
    name_ = *db().app().One("SELECT current_database()");
    for (const char* role : {"guard_owner", "guard_app", "guard_evil"}) {
      CreateRole(db(), role);
      db().Exec("GRANT CREATE ON DATABASE " + name_ + " TO " + role);
    }
    db().Exec(
        "CREATE TABLE users(id integer PRIMARY KEY, name text);"
        "ALTER TABLE users OWNER TO guard_owner;"
        "GRANT CREATE, USAGE ON SCHEMA public TO guard_owner");
  }

  void As(const std::string& role, const std::string& sql) {
    OpenPostgresClient(PostgresServer::Shared().Url(name_, role))->Query(sql);
  }
  Database Open(const std::string& role) {
    return Database::Open({PostgresServer::Shared().Url(name_, role), "", ""});
  }
  static void Start(Database& database) {
    Migrator(database, {})
        .Start(manifest::Parse("operations: [rename_column: {table: users, "
                               "from: name, to: full_name}]",
                               "01_rename.yaml"));
  }
  bool IsSuperuser(const std::string& role) {
    return db().app().One("SELECT rolsuper FROM pg_roles WHERE rolname = '" +
                          role + "'") == "t";
  }

  std::string name_;
};

// The case is sec-ledger-default-privileges.
TEST_P(LedgerGuardTest, DefaultPrivilegesDoNotReachTheLedger) {
  As("guard_owner",
     "ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO guard_app;"
     "ALTER DEFAULT PRIVILEGES GRANT ALL ON SEQUENCES TO guard_app");
  Database database = Open("guard_owner");
  Start(database);
  EXPECT_THROW(As("guard_app", "UPDATE segue.migration SET plan = ''"),
               ClientError);
  EXPECT_THROW(As("guard_app", "SELECT plan FROM segue.migration"),
               ClientError);
  EXPECT_TRUE(Migrator(database, {}).Complete().status.is_complete());
}

TEST_P(LedgerGuardTest, ALedgerThatAnotherRoleMayWriteIsNotRun) {
  Database database = Open("guard_owner");
  Start(database);
  Migrator migrator(database, {});
  for (const auto& [grant, revoke] :
       {std::pair("GRANT UPDATE ON segue.migration TO guard_app",
                  "REVOKE UPDATE ON segue.migration FROM guard_app"),
        std::pair("GRANT INSERT (state) ON segue.version TO PUBLIC",
                  "REVOKE INSERT (state) ON segue.version FROM PUBLIC"),
        std::pair("GRANT CREATE ON SCHEMA segue TO guard_app",
                  "REVOKE CREATE ON SCHEMA segue FROM guard_app")}) {
    As("guard_owner", grant);
    EXPECT_THAT(RefusalOf([&] { migrator.Complete(); }),
                HasSubstr("may be written by "))
        << grant;
    EXPECT_THAT(RefusalOf([&] { migrator.Rollback(); }),
                HasSubstr("the ledger is not safe to use"));
    EXPECT_TRUE(migrator.Status());
    As("guard_owner", revoke);
  }
  // Who watches may read.
  As("guard_owner", "GRANT SELECT ON ALL TABLES IN SCHEMA segue TO guard_app");
  EXPECT_TRUE(migrator.Complete().status.is_complete());
}

TEST_P(LedgerGuardTest, AFunctionThatGotAnotherOwnerIsGivenBack) {
  Database database = Open("guard_owner");
  Start(database);
  Migrator migrator(database, {});
  const std::string function = "FUNCTION segue.\"sync_public.01_rename_1\"";
  db().Exec("ALTER " + function + " OWNER TO guard_app");
  const std::string gives_back =
      "ALTER " + function + " OWNER TO \"guard_owner\"";
  EXPECT_THAT(ThrownBy([&] { migrator.Complete(); }).hint(),
              HasSubstr(gives_back));
  db().Exec(gives_back);
  EXPECT_TRUE(migrator.Complete().status.is_complete());
}

// The case is sec-ledger-squatted; the reader is a superuser.
TEST_P(LedgerGuardTest, ASquattedSchemaIsNotRead) {
  As("guard_evil",
     "CREATE SCHEMA segue; GRANT ALL ON SCHEMA segue TO PUBLIC;"
     "CREATE FUNCTION segue.boom() RETURNS text LANGUAGE plpgsql AS $$ BEGIN"
     " EXECUTE 'ALTER ROLE guard_evil SUPERUSER'; RETURN '5';"
     " EXCEPTION WHEN OTHERS THEN RETURN '5'; END $$;"
     "CREATE VIEW segue.meta AS SELECT 'version'::text AS name,"
     " segue.boom() AS value; GRANT ALL ON segue.meta TO PUBLIC");
  Database database = db().Open();
  Migrator migrator(database, {});
  EXPECT_THAT(RefusalOf([&] { migrator.Status(); }),
              HasSubstr("segue.meta is no plain table"));
  EXPECT_THAT(RefusalOf([&] { Start(database); }),
              HasSubstr("the ledger is not safe to use"));
  EXPECT_FALSE(IsSuperuser("guard_evil"));
}

TEST_P(LedgerGuardTest, ATriggerOnATableThatWasThereBeforeDoesNotRun) {
  As("guard_evil",
     "CREATE SCHEMA segue; GRANT ALL ON SCHEMA segue TO PUBLIC;"
     "CREATE FUNCTION segue.boom() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
     " EXECUTE 'ALTER ROLE guard_evil SUPERUSER'; RETURN NEW;"
     " EXCEPTION WHEN OTHERS THEN RETURN NEW; END $$;"
     "CREATE TABLE segue.event(id serial, schema_name text, migration text,"
     " phase text, message text, at text);"
     "CREATE TRIGGER boom BEFORE INSERT ON segue.event FOR EACH ROW"
     " EXECUTE FUNCTION segue.boom(); GRANT ALL ON segue.event TO PUBLIC");
  Database database = db().Open();
  EXPECT_THAT(RefusalOf([&] { Start(database); }),
              HasSubstr("belongs to guard_evil"));
  EXPECT_FALSE(IsSuperuser("guard_evil"));
}

// A role of the server's that may write every table may write the ledger too.
TEST_P(LedgerGuardTest, WhoeverMayWriteAllDataMayWriteTheLedger) {
  SEGUE_SKIP_BEFORE(14);  // pg_write_all_data
  Database database = Open("guard_owner");
  Start(database);
  Migrator migrator(database, {});
  db().Exec(
      "CREATE ROLE guard_writers; GRANT pg_write_all_data TO guard_writers;"
      "GRANT guard_writers TO guard_evil");
  EXPECT_THAT(RefusalOf([&] { migrator.Complete(); }),
              HasSubstr("segue.migration may be written by guard_"));
  db().Exec("DROP ROLE guard_writers");
  EXPECT_TRUE(migrator.Complete().status.is_complete());
}

// A table that is only read can run code as well. Each form is a ledger that
// was there before.
TEST_P(LedgerGuardTest, WhatRunsWhenItIsReadIsNotRead) {
  Database database = db().Open();
  Migrator migrator(database, {});
  const std::string function =
      "CREATE FUNCTION segue.boom(text) RETURNS boolean IMMUTABLE LANGUAGE "
      "plpgsql AS $$ BEGIN EXECUTE 'ALTER ROLE guard_evil SUPERUSER'; RETURN "
      "true; EXCEPTION WHEN OTHERS THEN RETURN true; END $$;"
      "CREATE DOMAIN segue.own AS text;"
      "CREATE TABLE segue.meta(name text, value text);"
      "GRANT ALL ON ALL TABLES IN SCHEMA segue TO PUBLIC;";
  for (const char* form :
       {"CREATE INDEX ON segue.meta(name) WHERE segue.boom('x')",
        "CREATE INDEX ON segue.meta(segue.boom(name))",
        "CREATE TABLE segue.child() INHERITS (segue.meta)",
        "ALTER TABLE segue.meta ALTER value TYPE segue.own"}) {
    As("guard_evil",
       "CREATE SCHEMA segue; GRANT ALL ON SCHEMA segue TO PUBLIC;" + function +
           form);
    EXPECT_THAT(RefusalOf([&] { migrator.Status(); }),
                HasSubstr("the ledger is not safe to use: "))
        << form;
    EXPECT_FALSE(IsSuperuser("guard_evil"));
    db().Exec("DROP SCHEMA segue CASCADE");
  }
}

// A request to the runner is a write, which fires triggers.
TEST_P(LedgerGuardTest, NoRequestIsWrittenIntoALedgerOfAnother) {
  Database owner = Open("guard_owner");
  Start(owner);
  db().Exec(
      "DO $$ DECLARE t text; BEGIN FOR t IN SELECT tablename FROM pg_tables "
      "WHERE schemaname = 'segue' LOOP EXECUTE 'ALTER TABLE segue.' || t || ' "
      "OWNER TO guard_evil'; END LOOP; END $$;"
      "ALTER SCHEMA segue OWNER TO guard_evil");
  Database database = db().Open();
  Migrator migrator(database, {});
  Instances instances(database);
  const auto minute = std::chrono::seconds(60);
  const std::map<std::string, std::function<void()>> requests = {
      {"pause", [&] { migrator.RequestPause(); }},
      {"cancel", [&] { migrator.RequestCancel(); }},
      {"work", [&] { migrator.Work(); }},
      {"verify", [&] { migrator.Verify(); }},
      {"explain", [&] { migrator.Explain({"SELECT 1"}); }},
      {"register", [&] { instances.Register("a", "base", minute); }},
      {"heartbeat", [&] { instances.Heartbeat("a"); }},
      {"remove", [&] { instances.Remove("a"); }}};
  for (const auto& [name, request] : requests) {
    EXPECT_THAT(RefusalOf(request), HasSubstr("belongs to guard_evil")) << name;
  }
}

TEST_P(LedgerGuardTest, DefaultPrivilegesReachNoSchema) {
  As("guard_owner",
     "ALTER DEFAULT PRIVILEGES GRANT ALL ON SCHEMAS TO guard_app;"
     "ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO guard_app");
  Database database = Open("guard_owner");
  MigratorOptions options;
  options.access = Access::kVersioned;
  Migrator(database, options)
      .Start(manifest::Parse("operations: [rename_column: {table: users, "
                             "from: name, to: full_name}]",
                             "01_rename.yaml"));
  for (const char* schema : {"segue", "public_01_rename"}) {
    EXPECT_EQ(db().app().One(std::string("SELECT has_schema_privilege("
                                         "'guard_app', '") +
                             schema + "', 'CREATE')"),
              "f")
        << schema;
  }
  EXPECT_EQ(db().app().One("SELECT has_table_privilege('guard_app', "
                           "'public_01_rename.users', 'SELECT')"),
            "f");
  EXPECT_TRUE(Migrator(database, {}).Complete().status.is_complete());
}

SEGUE_INSTANTIATE_ON(LedgerGuardTest, PostgresTestbed());

// A file that somebody prepared.
class SqliteLedgerGuardTest : public DialectTest {
 protected:
  void SetUp() override {
    DialectTest::SetUp();
    db().Exec("CREATE TABLE users(id integer PRIMARY KEY, name text)");
    db().Exec("INSERT INTO users VALUES (1, 'a'), (2, 'b')");
  }
  static Outcome Start(Database& database, const std::string& table = "users") {
    return Migrator(database, {})
        .Start(manifest::Parse("operations: [rename_column: {table: " + table +
                                   ", from: name, to: full_name}]",
                               "01_rename.yaml"));
  }
};

TEST_P(SqliteLedgerGuardTest, ALedgerWithTriggersOrViewsIsRefused) {
  db().Exec("CREATE TABLE segue_event(id INTEGER PRIMARY KEY, message TEXT)");
  db().Exec(
      "CREATE TRIGGER tt AFTER INSERT ON segue_event BEGIN DELETE FROM users "
      "WHERE id = 2; END");
  Database database = db().Open();
  EXPECT_THAT(RefusalOf([&] { Start(database); }),
              HasSubstr("segue_event has trigger tt"));
  db().Exec("DROP TABLE segue_event");
  db().Exec(
      "CREATE VIEW segue_meta AS WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL "
      "SELECT x + 1 FROM c) SELECT count(*) AS name, 1 AS value FROM c");
  EXPECT_THAT(RefusalOf([&] { Migrator(database, {}).Status(); }),
              HasSubstr("segue_meta is no plain table"));
  EXPECT_EQ(*db().app().One("SELECT count(*) FROM users"), "2");
}

TEST_P(SqliteLedgerGuardTest, ARowThatSilencesTheTriggersIsNamed) {
  Database database = db().Open();
  Start(database);
  Migrator migrator(database, {});
  db().Exec("INSERT INTO segue_busy VALUES (1)");
  EXPECT_THAT(migrator.Status()->missing,
              testing::ElementsAre(HasSubstr("segue_busy has a row")));
  EXPECT_THAT(RefusalOf([&] { migrator.Complete(); }), HasSubstr("segue_busy"));
  EXPECT_THAT(RefusalOf([&] { migrator.Verify(); }), HasSubstr("segue_busy"));
  db().Exec("DELETE FROM segue_busy");
  EXPECT_TRUE(migrator.Complete().status.is_complete());
}

TEST_P(SqliteLedgerGuardTest, ATableCalledAsARowOfATriggerIsRefused) {
  for (const char* name : {"old", "New"}) {
    db().Exec(std::string("CREATE TABLE \"") + name +
              "\"(id integer PRIMARY KEY, name text)");
    Database database = db().Open();
    EXPECT_THAT(RefusalOf([&] { Start(database, name); }),
                HasSubstr("has the name of a row in SQLite's triggers"));
  }
}

TEST_P(SqliteLedgerGuardTest, ATriggerOnTheProvenanceIsRefused) {
  db().Exec(
      "CREATE TRIGGER tx AFTER UPDATE OF _segue_d ON users BEGIN DELETE FROM "
      "users WHERE id = NEW.id; END");
  Database database = db().Open();
  EXPECT_THAT(RefusalOf([&] { Start(database); }), HasSubstr("trigger 'tx'"));
  EXPECT_EQ(*db().app().One("SELECT count(*) FROM users"), "2");
}

SEGUE_INSTANTIATE_ON(SqliteLedgerGuardTest, SqliteTestbed());

}  // namespace
}  // namespace segue::test
