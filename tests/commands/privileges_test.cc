// A role that may not see or do what a migration needs is told so, with the
// statement that helps, before anything is done.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/commands/bad_input.h"
#include "tests/support/postgres_server.h"
#include "tests/support/roles.h"

namespace segue::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr int kRefused = 3;

class PrivilegesTest : public BadInputTest {
 protected:
  void SetUp() override {
    BadInputTest::SetUp();
    if (IsSkipped()) return;
    WriteFile("01_rename.yaml",
              "operations:\n"
              "  - rename_column: {table: users, from: name, to: full_name}\n");
    WriteFile("02_type.yaml",
              "operations:\n"
              "  - alter_column: {table: u, column: a, type: bigint}\n");
  }

  std::string Name() { return *db().app().One("SELECT current_database()"); }
  std::string UrlAs(const std::string& role) {
    return PostgresServer::Shared().Url(Name(), role);
  }
  Finished As(const std::string& role, std::vector<std::string> words) {
    words.insert(words.end(), {"--url", UrlAs(role)});
    return Segue(words);
  }
  // The role owns a table, and may create schemas.
  void OwnTable(const std::string& role) {
    CreateRole(db(), role);
    db().Exec(
        "CREATE TABLE u(id integer PRIMARY KEY, a integer, UNIQUE (a));"
        "INSERT INTO u SELECT g, g FROM generate_series(1, 20) g;"
        "ALTER TABLE u OWNER TO " +
        role + "; GRANT CREATE ON DATABASE " + Name() + " TO " + role);
  }
  void ExpectRefused(const Finished& finished, const std::string& why,
                     const std::string& remedy) {
    EXPECT_EQ(finished.exit_code, kRefused) << finished.out;
    EXPECT_THAT(finished.err, HasSubstr(why));
    EXPECT_THAT(finished.err, HasSubstr(remedy));
  }
};

// Case env-no-privilege-on-segue.
TEST_P(PrivilegesTest, WhoMayNotReadTheLedgerHearsThatAndNotThatItIsEmpty) {
  CreateRole(db(), "priv_reader");
  db().Exec("GRANT SELECT ON users TO priv_reader");
  EXPECT_EQ(As("priv_reader", {"status"}).out,
            "No migration has been started here.\n");
  ASSERT_EQ(Segue({"start", "01_rename.yaml", "--quiet"}).exit_code, 0);
  const std::string why =
      "no privilege on schema segue: role priv_reader may not read the ledger";
  const std::string remedy =
      "GRANT USAGE ON SCHEMA segue TO priv_reader; GRANT SELECT ON ALL TABLES "
      "IN SCHEMA segue TO priv_reader";
  const std::vector<std::vector<std::string>> commands = {
      {"status"},
      {"history"},
      {"versions"},
      {"rollback"},
      {"verify"},
      {"complete", "--yes"},
      {"pause"},
      {"resume"},
      {"cancel"},
      {"work"},
      {"url"},
      {"plan", "01_rename.yaml"},
      {"start", "01_rename.yaml"},
      {"start", "01_rename.yaml", "--dry-run"},
      {"migrate", "--dir", "."},
      {"instance", "list"}};
  for (const bool usage : {true, false}) {
    if (!usage) db().Exec("REVOKE USAGE ON SCHEMA segue FROM PUBLIC");
    for (const auto& command : commands) {
      SCOPED_TRACE(command[0]);
      ExpectRefused(As("priv_reader", command), why, remedy);
    }
  }
  db().Exec(remedy);
  EXPECT_THAT(As("priv_reader", {"status"}).out, HasSubstr("MIGRATING"));
}

TEST_P(PrivilegesTest, AMemberThatDoesNotInheritHearsOfTheRole) {
  OwnTable("priv_owner");
  db().Exec("GRANT CREATE ON SCHEMA public TO priv_owner");
  CreateRole(db(), "priv_member", "NOINHERIT IN ROLE priv_owner");
  ASSERT_EQ(As("priv_owner", {"start", "02_type.yaml", "--quiet"}).exit_code,
            0);
  ExpectRefused(As("priv_member", {"status"}), "may not read the ledger",
                "pass --role priv_owner, of which it is a member");
  EXPECT_THAT(As("priv_member", {"status", "--role", "priv_owner"}).out,
              HasSubstr("MIGRATING"));
}

// Case create_on_schema_missing.
TEST_P(PrivilegesTest, CreateOnTheSchemaIsMissedByThePlan) {
  OwnTable("priv_owner");
  const std::string before = db().Dump();
  for (const char* command : {"plan", "start"}) {
    ExpectRefused(As("priv_owner", {command, "02_type.yaml"}),
                  "role priv_owner may not create anything in schema public",
                  "GRANT CREATE ON SCHEMA public TO priv_owner");
  }
  EXPECT_EQ(db().Dump(), before);
  db().Exec("GRANT CREATE ON SCHEMA public TO priv_owner");
  EXPECT_EQ(As("priv_owner", {"plan", "02_type.yaml"}).exit_code, 0);
}

// What the database's owner runs once is all that is needed, for the
// application's roles too.
TEST_P(PrivilegesTest, WithoutCreateOnTheDatabaseSomebodyElseMakesTheSchema) {
  OwnTable("priv_owner");
  CreateRole(db(), "priv_app");
  db().Exec("REVOKE CREATE ON DATABASE " + Name() +
            " FROM priv_owner;"
            "GRANT CREATE ON SCHEMA public TO priv_owner;"
            "GRANT ALL ON u TO priv_app");
  const std::string remedy = "CREATE SCHEMA segue AUTHORIZATION priv_owner";
  for (const char* command : {"plan", "start"}) {
    const Finished refused = As("priv_owner", {command, "02_type.yaml"});
    EXPECT_EQ(refused.exit_code, kRefused);
    EXPECT_THAT(refused.err,
                HasSubstr(remedy + "; or: GRANT CREATE ON DATABASE " + Name() +
                          " TO priv_owner"));
  }
  EXPECT_THAT(db().Dump(), Not(HasSubstr("segue")));
  db().Exec(remedy);
  ExpectRefused(
      As("priv_owner", {"plan", "02_type.yaml", "--access", "versioned"}),
      "may not create schema public_02_type for the version",
      "GRANT CREATE ON DATABASE " + Name() + " TO priv_owner");
  const Finished started = As("priv_owner", {"start", "02_type.yaml"});
  EXPECT_EQ(started.exit_code, 0) << started.err;
  const auto app = OpenPostgresClient(UrlAs("priv_app"));
  app->Query("INSERT INTO u VALUES (100, 100)");
  EXPECT_EQ(app->One("UPDATE u SET a = 7000 WHERE id = 1 RETURNING a"), "7000");
  EXPECT_EQ(As("priv_owner", {"complete", "--yes"}).exit_code, 0);
}

TEST_P(PrivilegesTest, TheFunctionsOfTheTriggersMustBeFoundByTheApplication) {
  OwnTable("priv_owner");
  db().Exec("GRANT CREATE ON SCHEMA public TO priv_owner");
  ASSERT_EQ(As("priv_owner", {"start", "02_type.yaml"}).exit_code, 0);
  ASSERT_EQ(As("priv_owner", {"rollback"}).exit_code, 0);
  db().Exec("REVOKE USAGE ON SCHEMA segue FROM PUBLIC");
  ExpectRefused(As("priv_owner", {"plan", "02_type.yaml"}),
                "the roles of the application may not use schema segue",
                "GRANT USAGE ON SCHEMA segue TO PUBLIC");
}

// Another role than the one that began may go on, once it is let in.
TEST_P(PrivilegesTest, ASecondRoleHearsAllThatItNeeds) {
  ASSERT_EQ(Segue({"start", "01_rename.yaml", "--quiet"}).exit_code, 0);
  ASSERT_EQ(Segue({"rollback"}).exit_code, 0);
  OwnTable("priv_owner");
  db().Exec(
      "GRANT CREATE ON SCHEMA public TO priv_owner;"
      "GRANT SELECT ON ALL TABLES IN SCHEMA segue TO priv_owner");
  const std::string tables =
      "GRANT USAGE ON SCHEMA segue TO priv_owner; GRANT SELECT, INSERT, "
      "UPDATE, DELETE ON ALL TABLES IN SCHEMA segue TO priv_owner";
  ExpectRefused(As("priv_owner", {"plan", "02_type.yaml"}),
                "role priv_owner may not write the ledger", tables);
  db().Exec(tables);
  const std::string functions = "GRANT CREATE ON SCHEMA segue TO priv_owner";
  ExpectRefused(As("priv_owner", {"plan", "02_type.yaml"}),
                "may not create functions for its triggers", functions);
  db().Exec(functions);
  const Finished started = As("priv_owner", {"start", "02_type.yaml"});
  EXPECT_EQ(started.exit_code, 0) << started.err;
}

TEST_P(PrivilegesTest, TemporaryTablesAreMissedByThePlan) {
  OwnTable("priv_owner");
  db().Exec("REVOKE TEMPORARY ON DATABASE " + Name() +
            " FROM PUBLIC;"
            "GRANT CREATE ON SCHEMA public TO priv_owner");
  ExpectRefused(As("priv_owner", {"plan", "02_type.yaml"}),
                "role priv_owner may not create temporary tables",
                "GRANT TEMPORARY ON DATABASE " + Name() + " TO priv_owner");
}

TEST_P(PrivilegesTest, ReferencesAreMissedByThePlan) {
  OwnTable("priv_owner");
  WriteFile("03_key.yaml",
            "operations:\n"
            "  - create_constraint: {table: u, name: fk, type: foreign_key, "
            "columns: [a], references: {table: users, columns: [id]}}\n");
  ExpectRefused(As("priv_owner", {"plan", "03_key.yaml"}),
                "role priv_owner may not refer to table users",
                "GRANT REFERENCES ON users TO priv_owner");
}

TEST_P(PrivilegesTest, UsageOfTheSchemaIsMissedByThePlan) {
  OwnTable("priv_owner");
  db().Exec("CREATE SCHEMA shop; ALTER TABLE u SET SCHEMA shop");
  WriteFile("03_rename.yaml",
            "operations:\n"
            "  - rename_column: {table: u, from: a, to: b}\n");
  ExpectRefused(
      As("priv_owner", {"plan", "03_rename.yaml", "--schema", "shop"}),
      "role priv_owner may not use schema shop",
      "GRANT USAGE ON SCHEMA shop TO priv_owner");
}

SEGUE_INSTANTIATE_ON(PrivilegesTest, PostgresTestbed());

}  // namespace
}  // namespace segue::test
