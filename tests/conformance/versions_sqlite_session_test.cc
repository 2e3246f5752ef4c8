// Published versions on SQLite: sessions, names, and what happens around them.
#include <gmock/gmock.h>
#include <sqlite3.h>

#include "segue/database.h"
#include "segue/versions.h"
#include "tests/conformance/versions_sqlite_fixture.h"
#include "tests/support/process.h"

namespace segue::test {
namespace {

using ::testing::HasSubstr;

constexpr char kUsers[] =
    "CREATE TABLE users(id integer PRIMARY KEY, name text NOT NULL);"
    "CREATE TABLE other(a); INSERT INTO users(name) VALUES ('Ann')";
constexpr char kFirst[] =
    "{rename_column: {table: users, from: name, to: full_name}}";
constexpr char kSecond[] =
    "{alter_column: {table: users, column: full_name, type: integer, "
    "up: length(full_name), down: \"printf('%.*c', full_name, 'x')\"}}";

class VersionSessionTest : public SqliteVersionsTest {
 protected:
  void SetUp() override {
    SqliteVersionsTest::SetUp();
    db().Exec(kUsers);
  }
};

// A statement that stays prepared, as drivers keep them.
class Prepared {
 public:
  Prepared(const std::string& path, const std::string& session_sql,
           const std::string& sql) {
    sqlite3_open(path.c_str(), &database_);
    sqlite3_exec(database_, session_sql.c_str(), nullptr, nullptr, nullptr);
    sqlite3_prepare_v2(database_, sql.c_str(), -1, &statement_, nullptr);
  }
  ~Prepared() {
    sqlite3_finalize(statement_);
    sqlite3_close(database_);
  }
  Prepared(const Prepared&) = delete;
  Prepared& operator=(const Prepared&) = delete;

  // SQLITE_ROW, SQLITE_DONE or an error.
  int Run() {
    const int code = sqlite3_step(statement_);
    text_ =
        code == SQLITE_ROW
            ? reinterpret_cast<const char*>(sqlite3_column_text(statement_, 0))
            : "";
    sqlite3_reset(statement_);
    return code;
  }
  const std::string& text() const { return text_; }

 private:
  sqlite3* database_ = nullptr;
  sqlite3_stmt* statement_ = nullptr;
  std::string text_;
};

TEST_P(VersionSessionTest, SessionsOutliveEveryStep) {
  Reach("01", kFirst);
  const std::string path = db().Url().substr(std::string("sqlite:").size());
  const std::string session_sql = Versions(database(), {}).SessionSqlFor("01");
  Prepared read(path, session_sql, "SELECT full_name FROM users WHERE id = 1");
  Prepared write(path, session_sql,
                 "UPDATE users SET full_name = full_name || 'n' WHERE id = 1");
  const auto first = On("01");
  const auto works = [&](const std::string& value) {
    EXPECT_EQ(Ask(*first, "SELECT full_name FROM users WHERE id = 1"),
              value + "\n");
    EXPECT_EQ(read.Run(), SQLITE_ROW);
    EXPECT_EQ(read.text(), value);
  };
  works("Ann");
  Start("02", kSecond);
  EXPECT_EQ(write.Run(), SQLITE_DONE);
  works("Annn");
  const auto second = On("02");
  EXPECT_EQ(Ask(*second, "SELECT full_name FROM users"), "4\n");
  migrator().Rollback();
  EXPECT_EQ(write.Run(), SQLITE_DONE);
  works("Annnn");
  EXPECT_TRUE(second->Fails("SELECT full_name FROM users"));

  Start("03", kSecond);
  const auto third = On("latest");
  Prepared last(path, Versions(database(), {}).SessionSqlFor("03"),
                "SELECT full_name FROM users WHERE id = 1");
  Prepared add(path, Versions(database(), {}).SessionSqlFor("03"),
               "INSERT INTO users(full_name) VALUES (7)");
  EXPECT_EQ(last.Run(), SQLITE_ROW);
  EXPECT_EQ(add.Run(), SQLITE_DONE);
  migrator().Complete();
  EXPECT_EQ(last.Run(), SQLITE_ROW);
  EXPECT_EQ(last.text(), "5");
  EXPECT_EQ(add.Run(), SQLITE_DONE);
  third->Query("UPDATE users SET full_name = 1 WHERE id = 3");
  EXPECT_EQ(Base("SELECT id, full_name FROM users ORDER BY id"),
            "1|5\n2|7\n3|1\n");
  // Retired: an error, never the new shape under the old name.
  EXPECT_TRUE(first->Fails("SELECT full_name FROM users"));
  EXPECT_TRUE(first->Fails("INSERT INTO users(full_name) VALUES ('x')"));
  first->Query(Versions(database(), {}).SessionSqlFor("latest"));
  EXPECT_EQ(Ask(*first, "SELECT count(*) FROM users"), "3\n");
}

// What both programs print is what a driver of any language would run.
TEST_P(VersionSessionTest, TheScriptWorksInTheSqliteShell) {
  Start("01", kFirst);
  const std::string script = OutputOf(SegueCommand(
      {"url", "--url", db().Url(), "--version", "latest", "--sql"}));
  Command shell;
  shell.argv = {"sqlite3", "-bail",
                db().Url().substr(std::string("sqlite:").size())};
  shell.input = script + script +
                "INSERT INTO users(full_name) VALUES ('Bob');"
                "UPDATE users SET full_name = 'Anna' WHERE id = 1;"
                "SELECT * FROM users ORDER BY id; SELECT count(*) FROM other;";
  EXPECT_EQ(OutputOf(shell), "1|Anna\n2|Bob\n0\n");
  EXPECT_EQ(Base("SELECT name FROM users ORDER BY id"), "Anna\nBob\n");

  const std::string url = OutputOf(
      SegueCommand({"url", "--url", db().Url(), "--version", "latest"}));
  EXPECT_EQ(url, db().Url() + "?version=main_01\n");
  const Finished refused =
      RunCommand(SegueCommand({"url", "--url", db().Url(), "--sql"}));
  EXPECT_EQ(refused.exit_code, 2) << refused.err;
}

TEST_P(VersionSessionTest, SeguesOwnSessionsFollowTheUrl) {
  Start("01", kFirst);
  Database versioned =
      Database::Open({Versions(database(), {}).UrlFor("latest"), "", ""});
  EXPECT_EQ(versioned.Query("SELECT full_name FROM users")[0][0], "Ann");
  EXPECT_EQ(Database::Open({Versions(database(), {}).UrlFor(""), "", ""})
                .Query("SELECT name FROM users")[0][0],
            "Ann");
  // Not to be migrated: it does not see the tables.
  Migrator wrong(versioned, {});
  try {
    wrong.Start(manifest::Parse("operations: [{sql: {up: SELECT 1}}]", "02"));
    FAIL() << "was not refused";
  } catch (const Error& error) {
    EXPECT_NE(error.kind(), ErrorKind::kInternal);
  }
  try {
    Database::Open({db().Url() + "?version=main_09", "", ""});
    FAIL() << "was opened";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kNotFound);
    EXPECT_THAT(error.what(), HasSubstr("main_09"));
  }
}

TEST_P(VersionSessionTest, RefusesWhatItsClientsWouldNotSee) {
  Reach("01", kFirst);
  MigratorOptions in_place;
  in_place.access = Access::kInPlace;
  Database database = db().Open();
  Migrator migrator(database, in_place);
  try {
    migrator.MakePlan(manifest::Parse(
        "operations: [{drop_column: {table: users, column: full_name}}]",
        "02"));
    FAIL() << "was not refused";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("main_01"));
  }
}

TEST_P(VersionSessionTest, NamesInTheWayAreRefusedBeforeAnythingChanges) {
  db().Exec("CREATE VIEW MAIN_01__users AS SELECT 1 AS one");
  const std::string before = db().Dump();
  try {
    Start("01", kFirst);
    FAIL() << "was not refused";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kRefused);
    EXPECT_THAT(error.what(), HasSubstr("main_01__users"));
  }
  EXPECT_EQ(db().Dump(), before);
}

// The case is sqlite-version_views_block_rebuilds: what Django, Alembic and
// SQLite's own twelve steps do to a table that no migration has touched.
TEST_P(VersionSessionTest, ARetiredVersionIsInNobodysWay) {
  db().Exec("CREATE TABLE z(id integer PRIMARY KEY, what text)");
  const std::string rebuild =
      "CREATE TABLE new_z(id integer PRIMARY KEY, what varchar(100));"
      "DROP TABLE z; ALTER TABLE new_z RENAME TO z";
  Start("01_full", kFirst);
  EXPECT_THROW(Versions(database(), {}).Retire("01_full"), Error);
  migrator().Complete();
  EXPECT_THAT(db().NewClient()->ErrorOf("BEGIN; " + rebuild),
              HasSubstr("error in view main_01_full__"));
  EXPECT_THROW(Versions(database(), {}).Retire(""), Error);
  EXPECT_THROW(Versions(database(), {}).Retire("02"), Error);
  Versions(database(), {}).Retire("01_full");
  EXPECT_EQ(Versions(database(), {}).List().at(0).state, "retired");
  EXPECT_EQ(Base("SELECT count(*) FROM sqlite_schema WHERE name LIKE "
                 "'main\\_%' ESCAPE '\\'"),
            "0\n");
  db().Exec(rebuild);
  EXPECT_EQ(Base("SELECT full_name FROM users"), "Ann\n");
  EXPECT_THROW(Versions(database(), {}).Retire("01_full"), Error);
  // In place is possible again.
  MigratorOptions options;
  Database database = db().Open();
  Migrator in_place(database, options);
  in_place.Start(manifest::Parse(
      "operations: [add_column: {table: z, column: {name: u, type: text, "
      "nullable: true}}]",
      "02.yaml"));
}

TEST_P(VersionSessionTest, LongAndQuotedNames) {
  const std::string table(60, 'T');
  db().Exec("CREATE TABLE \"" + table +
            "1\"(id integer PRIMARY KEY, \"a \"\" "
            "b\" text); CREATE TABLE \"" +
            table +
            "2\"(id integer PRIMARY "
            "KEY, \"select\" int, \"größe's\" text DEFAULT 'ü''x')");
  Start("01_with a long 'name'",
        "{rename_column: {table: " + table + "2, from: select, to: order}}");
  const auto client = On("latest");
  client->Query("INSERT INTO \"" + table + "1\" VALUES (1, 'one')");
  client->Query("INSERT INTO \"" + table + "2\"(\"order\") VALUES (5)");
  EXPECT_EQ(Ask(*client, "SELECT \"a \"\" b\", \"order\", \"größe's\" FROM \"" +
                             table + "1\", \"" + table + "2\""),
            "one|5|ü'x\n");
  migrator().Complete();
  client->Query("UPDATE \"" + table + "2\" SET \"order\" = 6");
  EXPECT_EQ(Base("SELECT \"order\" FROM \"" + table + "2\""), "6\n");
}

// Its own views are no obstacle to the next migration, those of the user's are.
TEST_P(VersionSessionTest, ViewsOfTheUsersAreMinded) {
  Reach("01", kFirst);
  Start("02",
        "{drop_column: {table: users, column: full_name, down: \"'x'\"}}");
  migrator().Rollback();
  db().Exec("CREATE VIEW mine AS SELECT full_name FROM users");
  const std::string drop =
      "{drop_column: {table: users, column: full_name, down: \"'x'\"}}";
  EXPECT_THROW(Start("03", drop), Error);
  const std::string mine = "CREATE VIEW mine AS SELECT * FROM main_01__users";
  db().Exec("DROP VIEW mine; " + mine);
  EXPECT_THROW(Start("04", drop), Error);
  db().Exec("DROP VIEW mine");
  Start("04", drop);
  db().Exec(mine);
  // The version cannot go while something reads it: nothing is contracted.
  EXPECT_THROW(migrator().Complete(), Error);
  EXPECT_EQ(Ask(*On("01"), "SELECT full_name FROM users"), "Ann\n");
  db().Exec("DROP VIEW mine");
  migrator().Complete();
  EXPECT_EQ(Ask(*On("latest"), "SELECT * FROM users"), "1\n");
}

SEGUE_INSTANTIATE_ON(VersionSessionTest, SqliteTestbed());

}  // namespace
}  // namespace segue::test
