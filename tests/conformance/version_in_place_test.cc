// Changes in place while a version is published, whose views follow them.
#include <gmock/gmock.h>

#include "segue/error.h"
#include "segue/instances.h"
#include "segue/undo.h"
#include "segue/versions.h"
#include "tests/conformance/version_in_place_fixture.h"

namespace segue::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

using VersionInPlaceTest = VersionInPlace;

// Old code and new code write through the version and past it, each by its
// own name of the column.
TEST_P(VersionInPlaceTest, ARenameShowsBothNamesUntilTheContract) {
  const auto version = OnVersion();
  ThereBackAndOn(kRenameName, [&] {
    EXPECT_EQ(ColumnsShown(), "id name feels age full_name");
    db().Exec("DELETE FROM users WHERE id > 2");
    int id = 10;
    for (Client* client : {version.get(), &db().app()}) {
      for (const char* column : {"name", "full_name"}) {
        const std::string key = std::to_string(++id);
        const std::string is = " WHERE id = " + key;
        const std::string both = "SELECT name || full_name FROM ";
        client->Query("INSERT INTO users(id, " + std::string(column) +
                      ") VALUES (" + key + ", 'x')");
        EXPECT_EQ(client->One(both + "users" + is), "xx");
        client->Query("UPDATE users SET " + std::string(column) + " = 'y'" +
                      is);
        EXPECT_EQ(client->One(both + "public.users" + is), "yy");
        client->Query("UPDATE users SET " + std::string(column) + " = DEFAULT" +
                      is);
        EXPECT_EQ(client->One(both + "public_01_a.users" + is), "nobodynobody");
      }
      client->Query("INSERT INTO users(id) VALUES (" + std::to_string(++id) +
                    ")");
      EXPECT_EQ(client->One("SELECT name || full_name FROM users WHERE id = " +
                            std::to_string(id)),
                "nobodynobody");
    }
  });
  EXPECT_EQ(ColumnsShown(), "id full_name feels age");
  EXPECT_EQ(version->One("SELECT full_name FROM users WHERE id = 2"), "Bob");
  EXPECT_THAT(version->ErrorOf("SELECT name FROM users"),
              HasSubstr("column \"name\" does not exist"));
  version->Query("INSERT INTO users(id) VALUES (99)");
  EXPECT_EQ(db().app().One("SELECT full_name FROM public.users WHERE id = 99"),
            "nobody");
}

TEST_P(VersionInPlaceTest, AnAddedColumnComesToTheEndOfTheView) {
  const auto version = OnVersion();
  ThereBackAndOn(
      "{add_column: {table: users, column: {name: upper_name, type: text}, "
      "up: upper(name)}}",
      [&] {
        EXPECT_EQ(ColumnsShown(), "id name feels age upper_name");
        db().Exec("DELETE FROM users WHERE id > 2");
        version->Query("INSERT INTO users(id, name) VALUES (11, 'a')");
        version->Query(
            "INSERT INTO users(id, name, upper_name) VALUES (12, 'a', 'B')");
        EXPECT_EQ(
            ToLines(version->Query("SELECT upper_name FROM users ORDER BY id")),
            "ALICE\nBOB\nA\nB\n");
      });
  EXPECT_EQ(ColumnsShown(), "id name feels age upper_name");
  EXPECT_THAT(version->ErrorOf("INSERT INTO users(name) VALUES ('x')"),
              HasSubstr("null value in column \"upper_name\""));
}

// It is complete at once, so there is no way back but a new migration.
TEST_P(VersionInPlaceTest, AnAddedColumnWithADefaultHasItInTheView) {
  const auto version = OnVersion();
  Start(
      "{add_column: {table: users, column: {name: level, type: integer, "
      "default: '3'}}}");
  EXPECT_TRUE(migrator_->Status()->is_complete());
  version->Query("UPDATE users SET level = 4 WHERE id = 1");
  version->Query("UPDATE users SET level = DEFAULT WHERE id = 1");
  version->Query("INSERT INTO users(id, name) VALUES (11, 'a')");
  EXPECT_EQ(ToLines(version->Query("SELECT level FROM users ORDER BY id")),
            "3\n3\n3\n");
  EXPECT_TRUE(Versions(*database_, {}).Refresh("").applied.empty());
}

TEST_P(VersionInPlaceTest, ADroppedColumnIsShownUntilTheContract) {
  const auto version = OnVersion();
  ThereBackAndOn("{drop_column: {table: users, column: age, down: '9'}}", [&] {
    EXPECT_EQ(ColumnsShown(), "id name feels age");
    db().Exec("DELETE FROM users WHERE id > 2");
    version->Query("INSERT INTO users(id, name) VALUES (11, 'a')");
    version->Query("INSERT INTO users(id, name, age) VALUES (12, 'a', 1)");
    EXPECT_EQ(
        ToLines(version->Query("SELECT age FROM users WHERE id > 2 ORDER BY "
                               "id")),
        "7\n1\n");
  });
  EXPECT_EQ(ColumnsShown(), "id name feels");
  version->Query("INSERT INTO users(id, name) VALUES (13, 'a')");
}

TEST_P(VersionInPlaceTest, AChangeOfTypeShowsAtTheContract) {
  const auto version = OnVersion();
  ThereBackAndOn(
      "{alter_column: {table: users, column: age, type: text, up: age::text, "
      "down: age::integer}}",
      [&] {
        EXPECT_EQ(ColumnsShown(), "id name feels age");
        db().Exec("DELETE FROM users WHERE id > 2");
        version->Query("INSERT INTO users(id, name) VALUES (11, 'a')");
        version->Query("UPDATE users SET age = 41 WHERE id = 1");
        EXPECT_EQ(version->One("SELECT pg_typeof(age) FROM users LIMIT 1"),
                  "integer");
      });
  EXPECT_EQ(ColumnsShown(), "id name feels age");
  EXPECT_EQ(ToLines(version->Query(
                "SELECT age, pg_typeof(age) FROM users ORDER BY id")),
            "41|text\n7|text\n7|text\n");
  EXPECT_THAT(View(), HasSubstr("age text 7 in years"));
}

// A type that the server changes where it is has to be copied all the same:
// the server changes none that a view shows.
TEST_P(VersionInPlaceTest, AWiderTypeIsCopied) {
  db().Exec("ALTER TABLE others ADD COLUMN code varchar(3)");
  db().Exec(
      "CREATE OR REPLACE VIEW public_01_a.others WITH (security_invoker) AS "
      "SELECT t.id, t.note, t.code FROM public.others AS t");
  const auto version = OnVersion();
  Start("{alter_column: {table: others, column: code, type: varchar(9)}}");
  version->Query("INSERT INTO others VALUES (1, 'n', 'abc')");
  migrator_->Complete();
  version->Query("INSERT INTO others VALUES (2, 'n', 'abcdefghi')");
  EXPECT_EQ(version->One("SELECT code FROM others WHERE id = 1"), "abc");
}

TEST_P(VersionInPlaceTest, ANotNullAndAnotherDefaultFollow) {
  const auto version = OnVersion();
  ThereBackAndOn(
      "{alter_column: {table: users, column: feels, nullable: false, up: "
      "\"coalesce(feels, 'well')\"}},"
      "{alter_column: {table: users, column: age, default: '8'}}",
      [&] {
        db().Exec("DELETE FROM users WHERE id > 2");
        version->Query("INSERT INTO users(id, name) VALUES (11, 'a')");
      });
  version->Query("INSERT INTO users(id, name, feels) VALUES (12, 'a', 'b')");
  EXPECT_EQ(ToLines(version->Query(
                "SELECT feels, age FROM users WHERE id > 2 ORDER BY id")),
            "well|7\nb|8\n");
}

TEST_P(VersionInPlaceTest, ACreatedTableGetsAView) {
  const std::string view = View();
  Start(
      "{create_table: {name: notes, columns: [{name: id, type: integer, "
      "pk: true}, {name: text, type: text, default: \"'-'\"}]}},"
      "{create_index: {name: by_feels, table: users, columns: [{column: "
      "feels}]}}");
  const auto version = OnVersion();
  version->Query("INSERT INTO public_01_a.notes(id) VALUES (1)");
  version->Query("UPDATE public_01_a.notes SET text = 'x'");
  version->Query("UPDATE public_01_a.notes SET text = DEFAULT");
  EXPECT_EQ(version->One("SELECT text FROM notes"), "-");
  EXPECT_TRUE(Versions(*database_, {}).Refresh("").applied.empty());
  EXPECT_THAT(View(), AllOf(HasSubstr(view), HasSubstr("notes")));
}

// One file, and two changes of the same view at once.
TEST_P(VersionInPlaceTest, SeveralChangesShareThePlan) {
  const auto version = OnVersion();
  ThereBackAndOn(
      "{rename_column: {table: users, from: name, to: full_name}},"
      "{drop_column: {table: users, column: feels}},"
      "{alter_column: {table: users, column: age, type: bigint}},"
      "{add_column: {table: users, column: {name: n, type: integer, nullable: "
      "true}}}",
      [&] {
        EXPECT_EQ(ColumnsShown(), "id name feels age full_name n");
        version->Query(
            "UPDATE users SET full_name = 'Eve', n = 1 WHERE id = 1");
        EXPECT_EQ(version->One("SELECT name FROM public.users WHERE id = 1"),
                  "Eve");
      });
  EXPECT_EQ(ColumnsShown(), "id full_name age n");
  EXPECT_EQ(version->One("SELECT full_name FROM users WHERE id = 1"), "Eve");
}

// The next version is published over what the one before has followed.
TEST_P(VersionInPlaceTest, ALaterVersionTakesOver) {
  Start(kRenameName);
  migrator_->Complete();
  Migrator& migrator = With(Access::kVersioned);
  migrator.Start(
      Parsed("03_c", "{rename_column: {table: users, from: feels, to: mood}}"));
  const auto old_code =
      OpenPostgresClient(Versions(*database_, {}).UrlFor("01_a"));
  const auto new_code =
      OpenPostgresClient(Versions(*database_, {}).UrlFor("03_c"));
  old_code->Query("UPDATE users SET full_name = 'Al', feels = 'x'");
  EXPECT_EQ(new_code->One("SELECT full_name || mood FROM users WHERE id = 1"),
            "Alx");
  migrator.Complete();
  EXPECT_THAT(old_code->ErrorOf("SELECT * FROM users"),
              HasSubstr("version public_01_a is retired"));
}

TEST_P(VersionInPlaceTest, WhatIsNotRightIsRefusedByItsName) {
  const std::string view = View();
  EXPECT_THAT(Refusal("{rename_table: {from: users, to: people}}"),
              AllOf(HasSubstr("rename_table"), HasSubstr("'public_01_a'")));
  EXPECT_THAT(Refusal("{drop_table: {name: users}}"),
              AllOf(HasSubstr("drop_table"), HasSubstr("'public_01_a'")));
  EXPECT_THAT(Refusal("{sql: {up: 'SELECT 1'}}"),
              AllOf(HasSubstr("sql"), HasSubstr("'public_01_a'")));
  db().Exec("CREATE TABLE heirs() INHERITS (others)");
  EXPECT_THAT(
      Refusal("{add_column: {table: others, column: {name: x, type: text, "
              "nullable: true}}}"),
      HasSubstr("'public.heirs' inherits from it"));
  db().Exec("CREATE VIEW report AS SELECT name FROM public_01_a.users");
  EXPECT_THAT(Refusal(kRenameName),
              HasSubstr("view 'public.report' depends on it"));
  db().Exec(
      "DROP VIEW report; CREATE OR REPLACE VIEW public_01_a.users AS SELECT "
      "id, upper(name) AS name, feels, age FROM public.users");
  EXPECT_THAT(Refusal(kRenameName), HasSubstr("shows something else"));
  db().Exec("DROP VIEW public_01_a.users; ALTER TABLE users RENAME age TO old");
  db().Exec(
      "CREATE VIEW public_01_a.users AS SELECT id, name, feels, old AS age "
      "FROM public.users");
  EXPECT_THAT(Refusal(kRenameName), HasSubstr("shows something else"));
  EXPECT_THAT(View(), Not(HasSubstr("full_name")));
}

// The view would have to follow the seal, and go back with an undo.
TEST_P(VersionInPlaceTest, AnUndoWindowIsRefusedByTheNameOfTheVersion) {
  const std::string view = View();
  const std::string dump = db().Dump();
  MigratorOptions options;
  options.undo_window = std::chrono::hours(1);
  migrator_.emplace(*database_, options);
  const std::string refusal =
      "undo_window: version 'public_01_a': its view of 'users' would not "
      "follow a seal and its undo";
  for (const char* operation :
       {kRenameName, "{drop_column: {table: users, column: age}}",
        "{alter_column: {table: users, column: age, type: bigint, up: age, "
        "down: age}}"}) {
    const Error error = ThrownBy([&] { Start(operation); });
    EXPECT_EQ(error.kind(), ErrorKind::kRefused) << operation;
    EXPECT_EQ(error.what(), refusal) << operation;
    EXPECT_THAT(error.hint(), HasSubstr("use undo_window: 0"));
  }
  EXPECT_EQ(View(), view);
  EXPECT_EQ(db().Dump(), dump);
}

// Nothing of it is sealed.
TEST_P(VersionInPlaceTest, AnAddedColumnNeedsNoUndoWindow) {
  MigratorOptions options;
  options.undo_window = std::chrono::hours(1);
  migrator_.emplace(*database_, options);
  const Outcome outcome = Start(
      "{add_column: {table: users, column: {name: nick, type: text, nullable: "
      "true}}}");
  EXPECT_TRUE(outcome.status.is_complete());
  EXPECT_THAT(ColumnsShown(), ::testing::EndsWith(" nick"));
}

TEST_P(VersionInPlaceTest, AContractThatLeavesTheViewAloneIsSealedAndUndone) {
  db().Exec("CREATE INDEX users_age ON users (age)");
  MigratorOptions options;
  options.undo_window = std::chrono::hours(1);
  migrator_.emplace(*database_, options);
  Start(
      "{add_column: {table: users, column: {name: nick, type: text, nullable: "
      "true}}}, {drop_index: {name: users_age}}");
  EXPECT_EQ(migrator_->Complete().status.sub_state, SubState::kSealed);
  UndoWindow window(*database_, options);
  window.Undo();
  EXPECT_THAT(ColumnsShown(), ::testing::EndsWith(" nick"));
  OnVersion()->Query("INSERT INTO users (name, nick) VALUES ('Cy', 'C')");
  migrator_->Complete();
  EXPECT_TRUE(window.Drop().status.is_complete());
  EXPECT_EQ(db().app().One("SELECT to_regclass('users_age') IS NULL"), "t");
}

TEST_P(VersionInPlaceTest, WhatComesToDependOnAViewIsMet) {
  Start(kRenameName);
  db().Exec("CREATE VIEW report AS SELECT name FROM public_01_a.users");
  EXPECT_THAT(RefusalOf([&] { migrator_->Complete(); }), HasSubstr("report"));
  EXPECT_EQ(migrator_->Status()->sub_state, SubState::kReady);
  EXPECT_THAT(RefusalOf([&] { migrator_->Rollback(); }), HasSubstr("report"));
  db().Exec("DROP VIEW report");
  migrator_->Complete();
  EXPECT_EQ(ColumnsShown(), "id full_name feels age");
}

// What others give to the added column of the view is theirs, too.
TEST_P(VersionInPlaceTest, ThePlanTellsWhichVersionFollows) {
  const Outcome outcome = Start(kRenameName);
  ASSERT_FALSE(outcome.plan.notes.empty());
  EXPECT_THAT(outcome.plan.notes,
              ::testing::Contains(HasSubstr("'public_01_a' follows")));
  db().Exec("COMMENT ON COLUMN public_01_a.users.full_name IS 'new'");
  migrator_->Complete();
  EXPECT_EQ(db().app().One("SELECT col_description('public_01_a.users'::"
                           "regclass, 2)"),
            "new");
}

// The version's clients are clients of the base shape: old until they say that
// they run the new code. Its role is as good for the new code.
TEST_P(VersionInPlaceTest, TheGateCountsItsInstancesAsOld) {
  Versions(*database_, {}).MakeRole("in_place_version", "01_a", "in_place_app");
  Instances instances(*database_);
  instances.Register("web-1", "01_a", std::chrono::seconds(60));
  Start(kRenameName);
  const auto version = OnVersion();
  version->Query("BEGIN; SET LOCAL ROLE in_place_version; SELECT 1 FROM users");
  const Error old = ThrownBy([&] { migrator_->Complete(); });
  EXPECT_EQ(old.kind(), ErrorKind::kRefused);
  EXPECT_THAT(std::string(old.what()), HasSubstr("'web-1' runs 01_a"));
  EXPECT_THAT(std::string(old.what()), Not(HasSubstr("holds a lock")));
  version->Query("COMMIT");
  instances.Register("web-1", "02_b", std::chrono::seconds(60));
  migrator_->Complete();
  EXPECT_EQ(ColumnsShown(), "id full_name feels age");
  db().Exec("DROP OWNED BY in_place_version; DROP ROLE in_place_version");
}

// A contract that fails after the seal gives the view both names again.
TEST_P(VersionInPlaceTest, AFailedContractIsUnsealed) {
  Start(kRenameName);
  const std::string live = View();
  db().Exec(
      "CREATE FUNCTION no_drop() RETURNS event_trigger LANGUAGE plpgsql AS "
      "'BEGIN RAISE EXCEPTION ''not today''; END';"
      "CREATE EVENT TRIGGER no_drop ON sql_drop WHEN TAG IN ('ALTER TABLE') "
      "EXECUTE FUNCTION no_drop()");
  EXPECT_THAT(std::string(ThrownBy([&] { migrator_->Complete(); }).what()),
              HasSubstr("not today"));
  EXPECT_EQ(migrator_->Status()->sub_state, SubState::kReady);
  EXPECT_EQ(View(), live);
  const auto version = OnVersion();
  version->Query("UPDATE users SET name = 'Ann' WHERE id = 1");
  EXPECT_EQ(db().app().One("SELECT full_name FROM public.users WHERE id = 1"),
            "Ann");
  db().Exec("DROP EVENT TRIGGER no_drop; DROP FUNCTION no_drop");
  migrator_->Complete();
  EXPECT_EQ(ColumnsShown(), "id full_name feels age");
}

SEGUE_INSTANTIATE_ON(VersionInPlaceTest, PostgresTestbed());

// On SQLite a version is more than its views, and nothing follows.
class VersionInPlaceOnSqliteTest : public DialectTest {};

TEST_P(VersionInPlaceOnSqliteTest, AChangeInPlaceIsRefused) {
  db().Exec("CREATE TABLE users(id integer PRIMARY KEY, name text)");
  Database database = db().Open();
  MigratorOptions options;
  options.access = Access::kVersioned;
  Migrator versioned(database, options);
  Migration first("01_a", "");
  first.RenameColumn("users", "name", "full_name");
  versioned.Start(first);
  versioned.Complete();
  Migration second("02_b", "");
  second.AddColumn("users", {"x", "TEXT"});
  EXPECT_THAT(RefusalOf([&] { Migrator(database, {}).Start(second); }),
              HasSubstr("would not see a change in place"));
}

SEGUE_INSTANTIATE_ON(VersionInPlaceOnSqliteTest, SqliteTestbed());

}  // namespace
}  // namespace segue::test
