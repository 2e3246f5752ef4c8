// A ledger that somebody else made or may write is refused before anything of
// it is read or run.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "manifest/manifest.h"
#include "segue/error.h"
#include "segue/migrator.h"
#include "tests/support/postgres_server.h"
#include "tests/support/testbed.h"

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
      db().Exec(std::string("DO $$ BEGIN CREATE ROLE ") + role +
                " LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$");
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
  template <typename Work>
  static std::string Refusal(Work work) {
    try {
      work();
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kRefused) << error.what();
      return error.what();
    }
    return "";
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
    EXPECT_THAT(Refusal([&] { migrator.Complete(); }),
                HasSubstr("may be written by "))
        << grant;
    EXPECT_THAT(Refusal([&] { migrator.Rollback(); }),
                HasSubstr("the ledger is not safe to use"));
    EXPECT_TRUE(migrator.Status());
    As("guard_owner", revoke);
  }
  // Who watches may read.
  As("guard_owner", "GRANT SELECT ON ALL TABLES IN SCHEMA segue TO guard_app");
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
  EXPECT_THAT(Refusal([&] { migrator.Status(); }),
              HasSubstr("segue.meta is no plain table"));
  EXPECT_THAT(Refusal([&] { Start(database); }),
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
  EXPECT_THAT(Refusal([&] { Start(database); }),
              HasSubstr("belongs to guard_evil"));
  EXPECT_FALSE(IsSuperuser("guard_evil"));
}

SEGUE_INSTANTIATE_ON(LedgerGuardTest, PostgresTestbed());

}  // namespace
}  // namespace segue::test
