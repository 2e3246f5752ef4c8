// What a NULL means: to the contract of nullable: false, to the rollback of
// null_visible: true, and in an upsert.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>

#include "base/text.h"
#include "manifest/manifest.h"
#include "segue/error.h"
#include "tests/conformance/migrator_fixture.h"

namespace segue::test {
namespace {

using ::testing::HasSubstr;

class NotNullTest : public UsersTest {
 protected:
  void Start(const std::string& text, Access access) {
    database_.emplace(db().Open());
    MigratorOptions options;
    options.access = access;
    migrator_.emplace(*database_, options);
    migrator_->Start(manifest::Parse(
        text, access == Access::kInPlace ? "01_a.yaml" : "02_a.yaml"));
  }
  std::string Mismatches() {
    return base::Join(migrator_->Verify().mismatches, "; ");
  }

  std::optional<Database> database_;
  std::optional<Migrator> migrator_;
};

class PostgresNotNullTest : public NotNullTest {
 protected:
  void StartNotNull(const std::string& up, Access access) {
    Start(
        "operations: [alter_column: {table: users, column: nick, nullable: "
        "false" +
            up + "}]",
        access);
  }
};

// The case is rw-set-not-null.
TEST_P(PostgresNotNullTest, RowsWithNullRefuseTheContractAndChangeNothing) {
  for (const Access access : {Access::kInPlace, Access::kVersioned}) {
    db().Exec("DROP TABLE IF EXISTS users");
    CreateUsers(", nick text", "(1, 'a', 'n')");
    StartNotNull("", access);
    const std::string live = db().Dump();
    EXPECT_EQ(Mismatches(), "");
    db().Exec("INSERT INTO users VALUES (2, 'b', NULL), (3, 'c', NULL)");
    EXPECT_THAT(Mismatches(), HasSubstr("2 rows of 'users' without a value"));
    EXPECT_EQ(KindOf([&] { migrator_->Complete(); }), ErrorKind::kMismatch);
    EXPECT_THAT(message_, HasSubstr("2 rows of 'users' without a value for the "
                                    "new shape; users: id=2: it has NULL; "
                                    "users: id=3: it has NULL"));
    EXPECT_EQ(db().Dump(), live);
    db().Exec("INSERT INTO users VALUES (4, 'd', NULL)");
    db().Exec("UPDATE users SET nick = name WHERE nick IS NULL");
    migrator_->Complete();
    EXPECT_TRUE(db().app().Fails("UPDATE users SET nick = NULL"));
    // The array of the rows of the version's own table has such a name.
    EXPECT_FALSE(std::regex_search(db().Dump(), std::regex("_segue(?!_seen)")));
  }
}

// A session whose triggers are off writes past them.
TEST_P(PostgresNotNullTest, WhatNoTriggerHasSeenIsFoundAndRepaired) {
  CreateUsers(", nick text", "(1, 'a', NULL), (2, 'b', 'x'), (3, 'c', NULL)");
  StartNotNull(", up: name", Access::kInPlace);
  EXPECT_EQ(Mismatches(), "");
  db().Exec(
      "SET session_replication_role = replica;"
      "UPDATE users SET _segue_d = 7 WHERE id = 2;"
      "SET session_replication_role = origin");
  EXPECT_THAT(Mismatches(), HasSubstr("id=2"));
  VerifyOptions options;
  options.repair = true;
  EXPECT_TRUE(migrator_->Verify(options).clean());
  EXPECT_EQ(ToLines(db().Query("SELECT nick, _segue_d FROM users ORDER BY id")),
            "a|1\nx|0\nc|1\n");
  migrator_->Rollback();
  EXPECT_EQ(ToLines(db().Query("SELECT nick FROM users ORDER BY id")),
            "NULL\nx\nNULL\n");
  EXPECT_EQ(db().Dump(), before_);
}

// EXCLUDED is the row as the triggers have left it.
TEST_P(PostgresNotNullTest, AnUpsertKeepsWhatIsThere) {
  CreateUsers(", nick text, UNIQUE (name)", "(1, 'a', 'n'), (2, 'b', 'm')");
  StartNotNull(", up: \"'none'\"", Access::kInPlace);
  const std::string keeps =
      " DO UPDATE SET nick = coalesce(excluded.nick, users.nick)";
  db().Exec("INSERT INTO users VALUES (1, 'z', NULL) ON CONFLICT (id)" + keeps);
  db().Exec("INSERT INTO users VALUES (9, 'a', NULL) ON CONFLICT (name)" +
            keeps);
  db().Exec("INSERT INTO users VALUES (3, 'c', NULL) ON CONFLICT (id)" + keeps);
  db().Exec(
      "INSERT INTO users VALUES (2, 'z', NULL) ON CONFLICT (id) DO UPDATE SET "
      "nick = excluded.nick");
  EXPECT_EQ(ToLines(db().Query("SELECT nick, _segue_d FROM users ORDER BY id")),
            "n|0\nnone|1\nnone|1\n");
  EXPECT_EQ(Mismatches(), "");
  migrator_->Rollback();
  EXPECT_EQ(ToLines(db().Query("SELECT nick FROM users ORDER BY id")),
            "n\nNULL\nNULL\n");
  EXPECT_EQ(db().Dump(), before_);
}

// The new version means its own value by NULL, and not that of 'up'.
TEST_P(PostgresNotNullTest, AnUpsertOfADerivedColumnKeepsWhatIsThere) {
  CreateUsers("", "(1, 'a'), (2, 'b')");
  Start(
      "operations: [add_column: {table: users, column: {name: nick, type: "
      "text, nullable: true}, up: name}]",
      Access::kInPlace);
  db().Exec(
      "UPDATE users SET nick = 'mine' WHERE id = 1;"
      "INSERT INTO users SELECT id, 'z', NULL FROM (VALUES (1), (2), (3)) "
      "v(id) ON CONFLICT (id) DO UPDATE SET name = excluded.name, nick = "
      "coalesce(excluded.nick, users.nick)");
  EXPECT_EQ(ToLines(db().Query("SELECT name, nick FROM users ORDER BY id")),
            "z|mine\nz|z\nz|z\n");
  EXPECT_EQ(Mismatches(), "");
}

struct Unfit {
  const char* columns;  // of users, after id and name
  const char* more;     // statements
  const char* refused;
};

// What an old version's NULL would meet, on rows that it has and on an empty
// table.
TEST_P(PostgresNotNullTest, AValueThatTheTableRefusesIsRefusedByThePlan) {
  const Unfit unfit[] = {
      {", nick text UNIQUE", "", "takes only once"},
      {", nick text", "CREATE UNIQUE INDEX ON users (name) WHERE nick <> ''",
       "reads it in its text"},
      {", nick text, EXCLUDE (nick WITH =)", "", "takes only once"},
      {", nick text CHECK (nick <> 'none')", "", "violates check constraint"},
      {", nick varchar(3)", "", "value too long"},
      {", nick text, g int GENERATED ALWAYS AS (1 / (length(nick) - 4)) STORED",
       "", "division by zero"},
      {", nick text", "CREATE INDEX ON users ((1 / (length(nick) - 4)))",
       "division by zero"},
      {", nick text REFERENCES other ON DELETE SET NULL", "",
       "leads to no row with this value"}};
  for (const Unfit& one : unfit) {
    for (const char* rows : {"(1, 'a')", ""}) {
      db().Exec(
          "DROP TABLE IF EXISTS users; DROP TABLE IF EXISTS other;"
          "CREATE TABLE other(w text PRIMARY KEY);"
          "CREATE TABLE users(id integer PRIMARY KEY, name text NOT NULL" +
          std::string(one.columns) + ");" + one.more);
      if (*rows) db().Exec("INSERT INTO users VALUES " + std::string(rows));
      const std::string before = db().Dump();
      KindOf([&] { StartNotNull(", up: \"'none'\"", Access::kInPlace); });
      EXPECT_THAT(message_, HasSubstr(one.refused)) << one.columns << rows;
      EXPECT_EQ(db().Dump(), before);
    }
  }
}

// It may not look at the key.
TEST_P(PostgresNotNullTest, ARoleThatOnlyInsertsStillMay) {
  CreateUsers(", nick text", "(1, 'a', 'n')");
  db().Exec(
      "DROP ROLE IF EXISTS only_inserts; CREATE ROLE only_inserts;"
      "GRANT INSERT ON users TO only_inserts");
  StartNotNull(", up: \"'none'\"", Access::kInPlace);
  db().Exec(
      "SET ROLE only_inserts; INSERT INTO users VALUES (2, 'b', NULL);"
      "RESET ROLE");
  EXPECT_EQ(ToLines(db().Query("SELECT nick FROM users ORDER BY id")),
            "n\nnone\n");
  migrator_->Complete();
  db().Exec("DROP OWNED BY only_inserts; DROP ROLE only_inserts");
}

// The server itself says that the value that 'up' gives is NULL, too.
TEST_P(PostgresNotNullTest, ANullWithoutAValueIsRefusedWithTheServersWords) {
  CreateUsers(", nick text", "(1, 'a', NULL)");
  StartNotNull(", up: \"SELECT nullif(name, 'z')\"", Access::kInPlace);
  const std::unique_ptr<Client> client = db().NewClient();
  client->Query("INSERT INTO users VALUES (2, 'b', NULL)");
  EXPECT_TRUE(client->Fails("INSERT INTO users VALUES (3, 'z', NULL)"));
  client->Query("INSERT INTO users VALUES (3, 'z', 'y')");
  EXPECT_EQ(ToLines(db().Query("SELECT nick, _segue_d FROM users ORDER BY id")),
            "a|1\nb|1\ny|0\n");
  migrator_->Complete();
}

TEST_P(NotNullTest, ARollbackThatCannotForbidNullAgainDoesNotBegin) {
  db().Exec("CREATE TABLE other(id integer PRIMARY KEY)");
  CreateUsers("", "(1, 'a'), (2, 'b')");
  Start(
      "access: versioned\noperations: [alter_column: {table: users, column: "
      "name, nullable: true, null_visible: true}, drop_table: {name: other}]",
      Access::kVersioned);
  const std::unique_ptr<Client> fresh = db().NewVersionClient("latest");
  fresh->Query("UPDATE users SET name = NULL WHERE id = 2");
  EXPECT_EQ(ToLines(db().Query("SELECT name FROM users ORDER BY id")),
            "a\nNULL\n");
  const std::string live = db().Dump();
  EXPECT_EQ(KindOf([&] { migrator_->Rollback(); }), ErrorKind::kMismatch);
  EXPECT_THAT(message_, HasSubstr("have NULL in"));
  EXPECT_EQ(db().Dump(), live);
  fresh->Query("UPDATE users SET name = 'c' WHERE id = 2");
  migrator_->Rollback();
  EXPECT_TRUE(db().app().Fails("UPDATE users SET name = NULL"));
}

SEGUE_INSTANTIATE(NotNullTest);
SEGUE_INSTANTIATE_ON(PostgresNotNullTest, PostgresTestbed());

}  // namespace
}  // namespace segue::test
