// Several migrations after each other, each with its published version, by an
// ordinary role in a schema of its own.
#include "segue/versions.h"

#include <gmock/gmock.h>

#include "manifest/manifest.h"
#include "segue/migrator.h"
#include "tests/support/postgres_server.h"
#include "tests/support/testbed.h"

namespace segue::test {
namespace {

class VersionsTest : public DialectTest {
 protected:
  void SetUp() override {
    DialectTest::SetUp();
    if (IsSkipped()) return;
    const std::string database = *db().app().One("SELECT current_database()");
    // A role that owns its tables and may create schemas, no more.
    db().Exec(
        "DROP ROLE IF EXISTS segue_owner; CREATE ROLE segue_owner LOGIN;"
        "GRANT CREATE ON DATABASE " +
        database +
        " TO segue_owner;"
        "CREATE SCHEMA \"my App\" AUTHORIZATION segue_owner;"
        "SET ROLE segue_owner;"
        "CREATE TABLE \"my App\".users(id serial PRIMARY KEY, name text NOT "
        "NULL); INSERT INTO \"my App\".users(name) VALUES ('Alice');"
        "RESET ROLE");
    url_ = PostgresServer::Shared().Url(database, "segue_owner");
    database_.emplace(Database::Open({url_, "my App", ""}));
    MigratorOptions options;
    options.access = Access::kVersioned;
    migrator_.emplace(*database_, options);
  }
  void TearDown() override {
    if (IsSkipped()) return;
    migrator_.reset();
    database_.reset();
    db().Exec(
        "REASSIGN OWNED BY segue_owner TO postgres;"
        "DROP OWNED BY segue_owner; DROP ROLE segue_owner");
  }

  Outcome Start(const std::string& file, const std::string& operation) {
    return migrator_->Start(
        manifest::Parse("operations: [" + operation + "]", file));
  }
  std::string Ask(const std::string& version, const std::string& sql) {
    return ToLines(OpenPostgresClient(Versions(*database_, {}).UrlFor(version))
                       ->Query(sql));
  }
  std::vector<std::string> States() {
    std::vector<std::string> states;
    for (const VersionInfo& version : Versions(*database_, {}).List()) {
      states.push_back(version.name + " " + version.state);
    }
    return states;
  }

  std::string url_;
  std::optional<Database> database_;
  std::optional<Migrator> migrator_;
};

TEST_P(VersionsTest, AnApplicationStaysOnItsVersionUntilTheNextContract) {
  Start("01_full.yaml",
        "{rename_column: {table: users, from: name, to: full_name}}");
  migrator_->Complete();
  EXPECT_EQ(Ask("01_full", "SELECT full_name FROM users"), "Alice\n");
  // As behind a pooler that drops the URL's options.
  const auto pooled = db().NewClient();
  pooled->Query(Versions(*database_, {}).SessionSqlFor("latest"));
  EXPECT_EQ(*pooled->One("SELECT full_name FROM users"), "Alice");

  Start("02_text.yaml",
        "{alter_column: {table: users, column: id, name: user_id}}");
  // Three shapes: the application's of 01, the base, the new one's.
  EXPECT_EQ(Ask("01_full", "SELECT id, full_name FROM users"), "1|Alice\n");
  EXPECT_EQ(Ask("02_text", "SELECT user_id, full_name FROM users"),
            "1|Alice\n");
  Ask("01_full", "INSERT INTO users(full_name) VALUES ('Bob')");
  Ask("02_text", "INSERT INTO users(full_name) VALUES ('Carol')");
  EXPECT_EQ(Ask("01_full", "SELECT count(*), max(id) FROM users"), "3|3\n");
  EXPECT_THAT(States(),
              ::testing::UnorderedElementsAre("01_full live", "02_text live"));
  migrator_->Complete();
  EXPECT_EQ(Ask("latest", "SELECT max(user_id) FROM users"), "3\n");
  EXPECT_THAT(States(), ::testing::UnorderedElementsAre("01_full retired",
                                                        "02_text live"));
}

// The server renames the column of each of them at the contract.
TEST_P(VersionsTest, TablesThatInheritAreShownWithTheirParents) {
  db().Exec(
      "SET ROLE segue_owner; CREATE TABLE \"my App\".staff(desk integer) "
      "INHERITS "
      "(\"my App\".users); CREATE TABLE \"my App\".boss() INHERITS (\"my "
      "App\".staff); INSERT INTO \"my App\".boss(id, name, desk) VALUES (9, "
      "'Eve', 1); RESET ROLE");
  Start("01_full.yaml",
        "{rename_column: {table: users, from: name, to: full_name}}, "
        "{add_column: {table: users, column: {name: age, type: integer, "
        "nullable: true}}}");
  for (const char* table : {"users", "staff", "boss"}) {
    EXPECT_EQ(Ask("01_full", std::string("UPDATE ") + table +
                                 " SET age = 1 WHERE full_name = 'Eve' "
                                 "RETURNING full_name"),
              "Eve\n");
  }
  migrator_->Complete();
  EXPECT_EQ(Ask("01_full", "SELECT full_name, age FROM boss"), "Eve|1\n");
}

TEST_P(VersionsTest, ARollbackLeavesTheEarlierVersionAlone) {
  Start("01_full.yaml",
        "{rename_column: {table: users, from: name, to: full_name}}");
  migrator_->Complete();
  const std::string before = db().Dump();
  Start("02_len.yaml",
        "{alter_column: {table: users, column: full_name, name: size, type: "
        "integer, up: length(full_name), down: \"repeat('x', size)\"}}");
  Ask("01_full", "UPDATE users SET full_name = 'Bo'");
  EXPECT_EQ(Ask("02_len", "SELECT size FROM users"), "2\n");
  Ask("02_len", "UPDATE users SET size = 4");
  EXPECT_EQ(Ask("01_full", "SELECT full_name FROM users"), "xxxx\n");
  migrator_->Rollback();
  EXPECT_EQ(db().Dump(), before);
  EXPECT_EQ(Ask("01_full", "SELECT full_name FROM users"), "xxxx\n");
  EXPECT_EQ(Ask("latest", "SELECT full_name FROM users"), "xxxx\n");
}

TEST_P(VersionsTest, ACompletedVersionIsWritableInEveryWay) {
  Start("01_wide.yaml",
        "{alter_column: {table: users, column: id, name: user_id}}");
  migrator_->Complete();
  EXPECT_EQ(Ask("latest",
                "INSERT INTO users(name) VALUES ('Bob') RETURNING "
                "user_id"),
            "2\n");
  Ask("latest",
      "INSERT INTO users(user_id, name) VALUES (2, 'Bobby') ON "
      "CONFLICT (user_id) DO UPDATE SET name = excluded.name");
  EXPECT_EQ(Ask("latest",
                "SELECT name FROM users WHERE user_id = 2 FOR "
                "UPDATE"),
            "Bobby\n");
  Ask("latest", "DELETE FROM users WHERE user_id = 1");
  EXPECT_EQ(Ask("", "SELECT user_id, name FROM \"my App\".users"), "2|Bobby\n");
}

TEST_P(VersionsTest, GrantsReachTheApplicationsRole) {
  db().Exec(
      "DROP ROLE IF EXISTS segue_user; CREATE ROLE segue_user LOGIN;"
      "GRANT USAGE ON SCHEMA \"my App\" TO segue_user;"
      "GRANT SELECT, UPDATE ON \"my App\".users TO segue_user");
  Start("01_full.yaml",
        "{rename_column: {table: users, from: name, to: full_name}}");
  {
    std::unique_ptr<Client> client = db().NewClient();
    client->Query(
        "SET ROLE segue_user;"
        "SET search_path = \"my App_01_full\", \"my App\"");
    EXPECT_EQ(ToLines(client->Query("UPDATE users SET full_name = 'X' "
                                    "RETURNING full_name")),
              "X\n");
    EXPECT_TRUE(client->Fails("DELETE FROM users"));
    client->Query("SET search_path = \"my App\"");
    EXPECT_EQ(ToLines(client->Query("SELECT name FROM users")), "X\n");
  }
  migrator_->Complete();
  db().Exec("DROP OWNED BY segue_user; DROP ROLE segue_user");
}

SEGUE_INSTANTIATE_ON(VersionsTest, PostgresTestbed());

}  // namespace
}  // namespace segue::test
