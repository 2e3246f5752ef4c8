// Earlier versions that live on after the contract of the next one.
#include <gmock/gmock.h>

#include "manifest/manifest.h"
#include "segue/error.h"
#include "segue/gate.h"
#include "segue/instances.h"
#include "segue/undo.h"
#include "segue/versions.h"
#include "tests/support/postgres_server.h"
#include "tests/support/testbed.h"
#include "tests/support/thrown.h"

namespace segue::test {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr const char* kRenameAge =
    "{rename_column: {table: users, from: age, to: years}}";

// Version 01_a is published, in which `name` is called full_name.
class KeptVersionsTest : public DialectTest {
 protected:
  void SetUp() override {
    DialectTest::SetUp();
    if (IsSkipped()) return;
    db().Exec(
        "CREATE TABLE users(id serial PRIMARY KEY, name text NOT NULL DEFAULT "
        "'nobody', age integer);"
        "CREATE TABLE others(id integer PRIMARY KEY, note text);"
        "INSERT INTO users (name, age) VALUES ('Ada', 1)");
    database_.emplace(db().Open());
    options_.access = Access::kVersioned;
    Run("01_a", "{rename_column: {table: users, from: name, to: full_name}}");
    options_.keep_versions = {"01_a"};
  }
  void TearDown() override { database_.reset(); }

  Migrator MigratorNow() { return {*database_, options_}; }
  Outcome Start(const std::string& file, const std::string& operations) {
    return MigratorNow().Start(
        manifest::Parse("operations: [" + operations + "]", file + ".yaml"));
  }
  void Run(const std::string& file, const std::string& operations) {
    Start(file, operations);
    EXPECT_TRUE(MigratorNow().Complete().status.is_complete());
  }
  std::string Refusal(const std::string& operations,
                      const std::string& file = "02_b") {
    const Error error = ThrownBy([&] { Start(file, operations); });
    EXPECT_EQ(error.kind(), ErrorKind::kRefused) << error.what();
    return error.what();
  }
  std::unique_ptr<Client> On(const std::string& version) {
    return OpenPostgresClient(Versions(*database_, {}).UrlFor(version));
  }
  // "01_a live", ...
  std::vector<std::string> Listed() {
    std::vector<std::string> listed;
    for (const VersionInfo& one : Versions(*database_, {}).List()) {
      listed.push_back(one.name + " " + one.state +
                       (one.latest ? ", latest" : ""));
    }
    return listed;
  }
  // Both versions read and write the same rows, each by its own names.
  void ExpectBothWork() {
    db().Exec("DELETE FROM users");
    const auto old_code = On("01_a");
    const auto new_code = On("02_b");
    old_code->Query(
        "INSERT INTO users (id, full_name, age) VALUES (7, 'a', 1)");
    EXPECT_EQ(new_code->One("SELECT full_name || years FROM users"), "a1");
    new_code->Query("UPDATE users SET full_name = 'b', years = 2");
    EXPECT_EQ(old_code->One("SELECT full_name || age FROM users"), "b2");
    old_code->Query("UPDATE users SET full_name = DEFAULT");
    EXPECT_EQ(new_code->One("SELECT full_name FROM users"), "nobody");
    old_code->Query("INSERT INTO others VALUES (1, 'x'); DELETE FROM others");
  }
  void ExpectInStep() {
    EXPECT_TRUE(Versions(*database_, {}).Refresh("").applied.empty());
    EXPECT_THAT(MigratorNow().Status()->grants, IsEmpty());
  }

  std::optional<Database> database_;
  MigratorOptions options_;
};

TEST_P(KeptVersionsTest, AVersionWhoseColumnsAreStoredLivesOn) {
  const Outcome started = Start("02_b", kRenameAge);
  EXPECT_THAT(started.plan.notes,
              Contains("version 'public_01_a' lives on after complete: every "
                       "column that it shows is still stored"));
  EXPECT_THAT(ToText(started.plan),
              ::testing::Not(HasSubstr("Retire version")));
  ExpectBothWork();
  EXPECT_TRUE(MigratorNow().Complete().status.is_complete());
  ExpectBothWork();
  EXPECT_THAT(Listed(), ElementsAre("01_a live", "02_b live, latest"));
  ExpectInStep();
  db().Exec("CREATE ROLE kept_app; GRANT SELECT ON users TO kept_app");
  EXPECT_THAT(Versions(*database_, {}).Refresh("").applied,
              Contains(HasSubstr("ON public_01_a.users TO kept_app")));
  db().Exec("DROP OWNED BY kept_app; DROP ROLE kept_app");
}

TEST_P(KeptVersionsTest, ItsClientsAreNotOldToTheGate) {
  Start("02_b", kRenameAge);
  options_.soak = std::chrono::hours(1);
  Instances(*database_).Register("app-1", "01_a");
  Instances(*database_).Register("app-2", "public_01_a");
  const auto old_code = On("01_a");
  old_code->Query("SELECT segue.hello('app-3', '01_a')");
  old_code->Query("BEGIN; SELECT * FROM users");
  for (const GateItem& item : AskGate(*database_, options_).items) {
    EXPECT_FALSE(item.refuses()) << item.name << ": " << item.Text();
  }
  old_code->Query("ROLLBACK");
  EXPECT_TRUE(MigratorNow().Complete().status.is_complete());
}

TEST_P(KeptVersionsTest, AnInstanceOfTheBaseSchemaIsStillOld) {
  Start("02_b", kRenameAge);
  Instances(*database_).Register("app-1", "base");
  EXPECT_THAT(ThrownBy([&] { MigratorNow().Complete(); }).what(),
              HasSubstr("'app-1' runs base"));
}

TEST_P(KeptVersionsTest, OneThatLosesAColumnIsRefusedByItsName) {
  const std::string begin =
      "keep_versions: version 'public_01_a' cannot live on after complete: ";
  EXPECT_EQ(Refusal("{drop_column: {table: users, column: age}}"),
            begin + "column 'age' of 'users' goes");
  EXPECT_EQ(
      Refusal("{alter_column: {table: users, column: age, type: bigint, up: "
              "age, down: age}}"),
      begin + "column 'age' of 'users' is not stored as it is any more");
  EXPECT_EQ(Refusal("{drop_table: {name: others}}"),
            begin + "table 'others' goes");
  EXPECT_EQ(Refusal("{sql: {up: SELECT 1, down: SELECT 1}}"),
            begin + "nobody knows what SQL does to what it shows");
  EXPECT_EQ(
      Refusal("{add_column: {table: users, column: {name: n, type: integer, "
              "nullable: false}, up: \"7\"}}"),
      begin + "an INSERT through it gives column 'n' of 'users' no value");
  EXPECT_THAT(MigratorNow().Status()->id, "01_a");
}

TEST_P(KeptVersionsTest, ANameThatNoLiveVersionHasIsRefused) {
  options_.keep_versions = {"01_b"};
  EXPECT_EQ(Refusal(kRenameAge),
            "keep_versions: no live version is called '01_b'; did you mean "
            "'01_a'?");
}

TEST_P(KeptVersionsTest, WithoutBeingAskedForItEnds) {
  options_.keep_versions = {};
  Run("02_b", kRenameAge);
  EXPECT_THAT(Listed(), ElementsAre("01_a retired", "02_b live, latest"));
}

// A table that is renamed is found by what it is, not by its name.
TEST_P(KeptVersionsTest, ItFollowsTablesAndColumnsThatAreRenamed) {
  Run("02_b",
      "{rename_table: {from: others, to: rest}}, {rename_column: {table: rest, "
      "from: note, to: text}}, {create_index: {name: users_age, table: users, "
      "columns: {age: {}}}}, {add_column: {table: users, column: {name: nick, "
      "type: text, nullable: true}}}");
  On("01_a")->Query("INSERT INTO others (id, note) VALUES (1, 'x')");
  EXPECT_EQ(On("02_b")->One("SELECT text FROM rest"), "x");
  EXPECT_EQ(db().app().One("SELECT text FROM rest"), "x");
  ExpectInStep();
}

TEST_P(KeptVersionsTest, DefaultsAndConstraintsChangeUnderIt) {
  Run("02_b",
      "{alter_column: {table: users, column: age, default: \"5\"}}, "
      "{create_constraint: {name: grown, table: users, columns: [age], type: "
      "check, check: \"age > 0\"}}, {rename_column: {table: others, from: "
      "note, "
      "to: text}}");
  EXPECT_THAT(Listed(), Contains("01_a live"));
  const auto old_code = On("01_a");
  old_code->Query("INSERT INTO users (id, full_name) VALUES (7, 'x')");
  EXPECT_EQ(db().app().One("SELECT age FROM users WHERE id = 7"), "5");
  EXPECT_TRUE(old_code->Fails("UPDATE users SET age = 0"));
}

TEST_P(KeptVersionsTest, ARefusalNamesEachVersion) {
  Run("02_b", kRenameAge);
  options_.keep_versions = {kEveryVersion};
  const std::string text =
      Refusal("{drop_column: {table: users, column: years}}", "03_c");
  EXPECT_THAT(text, HasSubstr("version 'public_01_a' cannot live on after "
                              "complete: column 'years' of 'users' goes; "));
  EXPECT_THAT(text, HasSubstr("version 'public_02_b' cannot live on"));
}

TEST_P(KeptVersionsTest, SeveralLiveOnUntilTheyAreNotKept) {
  Run("02_b", kRenameAge);
  options_.keep_versions = {kEveryVersion};
  Run("03_c", "{rename_column: {table: users, from: years, to: lived}}");
  ExpectBothWork();
  EXPECT_THAT(Listed(),
              ElementsAre("01_a live", "02_b live", "03_c live, latest"));
  options_.keep_versions = {"02_b"};
  Run("04_d", "{rename_column: {table: users, from: lived, to: age}}");
  EXPECT_THAT(Listed(), ElementsAre("01_a retired", "02_b live", "03_c retired",
                                    "04_d live, latest"));
  EXPECT_EQ(Refusal("{drop_column: {table: users, column: age}}", "05_e"),
            "keep_versions: version 'public_02_b' cannot live on after "
            "complete: column 'age' of 'users' goes");
  Versions(*database_, {}).Retire("02_b");
}

// While the contract is sealed, and after an undo of it, too.
TEST_P(KeptVersionsTest, ASealLeavesItAlone) {
  options_.undo_window = std::chrono::hours(1);
  Start("02_b", kRenameAge);
  EXPECT_EQ(MigratorNow().Complete().status.sub_state, SubState::kSealed);
  ExpectBothWork();
  UndoWindow window(*database_, options_);
  window.Undo();
  ExpectBothWork();
  MigratorNow().Complete();
  EXPECT_TRUE(window.Drop().status.is_complete());
  ExpectBothWork();
  EXPECT_THAT(Listed(), ElementsAre("01_a live", "02_b live, latest"));
}

TEST_P(KeptVersionsTest, WhatASealPutsAsideIsNotStoredEither) {
  options_.undo_window = std::chrono::hours(1);
  EXPECT_THAT(Refusal("{drop_column: {table: users, column: age}}"),
              HasSubstr("column 'age' of 'users' goes"));
  EXPECT_THAT(Refusal("{alter_column: {table: users, column: age, type: "
                      "bigint, up: age, down: age}}"),
              HasSubstr("column 'age' of 'users' "));
  EXPECT_THAT(Refusal("{drop_table: {name: others}}"),
              HasSubstr("table 'others' goes"));
}

TEST_P(KeptVersionsTest, ARollbackLeavesIt) {
  Start("02_b", kRenameAge);
  MigratorNow().Rollback();
  EXPECT_THAT(Listed(), Contains("01_a live, latest"));
  On("01_a")->Query("SELECT full_name, age FROM users");
}

// Its view shows the column under another name than the table has.
TEST_P(KeptVersionsTest, AChangeInPlaceAfterwardsNamesIt) {
  Run("02_b", kRenameAge);
  options_.access = Access::kInPlace;
  EXPECT_THAT(ThrownBy([&] {
                Start("03_c", "{drop_column: {table: users, column: years}}");
              }).what(),
              HasSubstr("public_01_a"));
}

SEGUE_INSTANTIATE_ON(KeptVersionsTest, PostgresTestbed());

class KeptOnSqliteTest : public DialectTest {};

TEST_P(KeptOnSqliteTest, ItIsRefusedByItsName) {
  db().Exec("CREATE TABLE t(id integer PRIMARY KEY, a text)");
  Database database = db().Open();
  MigratorOptions options;
  options.keep_versions = {kEveryVersion};
  const auto rename = [](const std::string& file, const std::string& from,
                         const std::string& to) {
    return manifest::Parse(
        "access: versioned\noperations: [{rename_column: {table: t, from: " +
            from + ", to: " + to + "}}]",
        file);
  };
  Migrator migrator(database, options);
  // Without a published version there is none to be kept.
  migrator.Start(rename("01_a.yaml", "a", "b"));
  migrator.Complete();
  const Error error =
      ThrownBy([&] { migrator.Start(rename("02_b.yaml", "b", "c")); });
  EXPECT_EQ(error.kind(), ErrorKind::kRefused);
  EXPECT_THAT(error.what(), HasSubstr("cannot live on"));
  EXPECT_THAT(error.what(), HasSubstr("01_a"));
}

SEGUE_INSTANTIATE_ON(KeptOnSqliteTest, SqliteTestbed());

}  // namespace
}  // namespace segue::test
