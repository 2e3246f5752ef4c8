// What a plan with an undo window seals: the new shape is real, an undo brings
// back all that the old one had, and the drop ends where a contract without a
// window ends. The actions are run here one by one, without an engine.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>

#include "base/text.h"
#include "manifest/manifest.h"
#include "segue/migrator.h"
#include "tests/support/actions.h"
#include "tests/support/postgres_server.h"
#include "tests/support/roles.h"
#include "tests/support/testbed.h"
#include "tests/support/thrown.h"

namespace segue::test {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

Migration Parsed(const std::string& text, int window) {
  Migration migration = manifest::Parse(text, "01_change.yaml");
  migration.undo_window = std::chrono::seconds(window);
  return migration;
}

std::vector<const PlannedAction*> ActionsOf(const Plan& plan, Stage stage) {
  std::vector<const PlannedAction*> actions;
  for (const Step& step : plan.steps) {
    if (step.phase != Phase::kContracting || step.stage != stage) continue;
    for (const PlannedAction& action : step.actions) {
      actions.push_back(&action);
    }
  }
  return actions;
}

// A contract that is run by hand.
class Contract {
 public:
  Contract(TestDatabase& database, const std::string& text,
           Access access = Access::kInPlace)
      : opened_(database.Open()) {
    MigratorOptions options;
    options.access = access;
    migrator_.emplace(opened_, options);
    plan_ = migrator_->Start(Parsed(text, 3600)).plan;
    connection_ = database.Connect();
  }

  void Seal() { Run(Stage::kSeal); }
  void Drop() { Run(Stage::kDrop); }

  std::vector<std::string> Objections() {
    std::vector<std::string> found;
    for (const PlannedAction* action : ActionsOf(plan_, Stage::kSeal)) {
      if (action->undo_objections.empty()) continue;
      for (const db::Row& row :
           connection_->Execute(action->undo_objections).rows) {
        found.push_back(db::ToText(row.at(0)));
      }
    }
    return found;
  }

  void Undo() {
    std::vector<const PlannedAction*> actions = ActionsOf(plan_, Stage::kSeal);
    std::reverse(actions.begin(), actions.end());
    for (const PlannedAction* action : actions)
      test::Undo(*connection_, *action);
  }

  // "1, 2": the keys of the rows that the walks find.
  std::string Mismatches() { return Found(&MotionSql::verify_sealed); }
  std::string Marked() { return Found(&MotionSql::marked_sealed); }
  std::string MismatchesBefore() { return Found(&MotionSql::verify); }

  Migrator& migrator() { return *migrator_; }

 private:
  void Run(Stage stage) {
    for (const PlannedAction* action : ActionsOf(plan_, stage)) {
      if (action->kind != ActionKind::kSchema) continue;
      test::Forward(*connection_, *action);
    }
  }

  std::string Found(std::vector<WalkSql> MotionSql::*walks) {
    std::vector<std::string> keys;
    for (const MotionSql& motion : plan_.motions) {
      for (const WalkSql& walk : motion.*walks) {
        const db::Result found =
            RunRange(*connection_, walk.statement, {}, db::Purpose::kRead);
        for (const db::Row& row : found.rows) {
          keys.push_back(db::ToText(row.at(0)));
        }
      }
    }
    std::sort(keys.begin(), keys.end());
    return base::Join(keys, ", ");
  }

  Database opened_;
  std::optional<Migrator> migrator_;
  Plan plan_;
  std::unique_ptr<db::Connection> connection_;
};

class UndoWindowPlanTest : public DialectTest {
 protected:
  // What a contract without a window makes of the same.
  std::string EndOf(const std::string& setup, const std::string& text) {
    const auto other = GetParam().fresh();
    other->Exec(setup);
    Database database = other->Open();
    Migrator migrator(database, {});
    migrator.Start(Parsed(text, 0));
    migrator.Complete();
    return StateOf(*other);
  }

  std::string Refusal(const std::string& setup, const std::string& text) {
    db().Exec(setup);
    Database database = db().Open();
    Migrator migrator(database, {});
    return ThrownBy([&] { migrator.MakePlan(Parsed(text, 60)); }).what();
  }

  std::string State() { return StateOf(db()); }

  // A text that was renamed and back may have other quotes and letters.
  static std::string StateOf(TestDatabase& database) {
    std::string state = base::ToLower(database.Dump() + database.Data());
    std::erase(state, '"');
    return state;
  }

  // Seals, undoes, seals again and drops. `prove` validates what has come back
  // NOT VALID.
  void ExpectRoundTrip(const std::string& setup, const std::string& text,
                       const std::string& prove = "") {
    SCOPED_TRACE(text);
    const std::string end = EndOf(setup, text);
    db().Exec(setup);
    Contract contract(db(), text);
    const std::string ready = State();
    contract.Seal();
    EXPECT_EQ(contract.Mismatches(), "");
    EXPECT_EQ(contract.Marked(), "");
    EXPECT_THAT(contract.Objections(), IsEmpty());
    EXPECT_NE(State(), ready);
    contract.Undo();
    if (!prove.empty()) {
      EXPECT_NE(State(), ready);
      db().Exec(prove);
    }
    EXPECT_EQ(State(), ready);
    EXPECT_EQ(contract.MismatchesBefore(), "");
    contract.Seal();
    EXPECT_EQ(contract.Mismatches(), "");
    contract.Drop();
    EXPECT_EQ(State(), end);
  }
};

constexpr char kUsers[] =
    "CREATE TABLE users(id integer PRIMARY KEY, name text NOT NULL, age "
    "integer);"
    "CREATE INDEX users_age ON users(age);"
    "INSERT INTO users VALUES (1, 'One', 10), (2, 'Two', NULL);";

constexpr char kToText[] =
    "operations: [alter_column: {table: users, column: age, type: text, up: "
    "CAST(age AS text), down: CAST(age AS integer)}]";

TEST_P(UndoWindowPlanTest, AChangedTypeIsUndoneAndDropped) {
  ExpectRoundTrip(kUsers, kToText);
}

TEST_P(UndoWindowPlanTest, ANotNullColumnIsUndoneAndDropped) {
  ExpectRoundTrip(
      kUsers,
      "operations: [alter_column: {table: users, column: name, type: "
      "varchar(20), up: name, down: name}]");
}

TEST_P(UndoWindowPlanTest, ARenamedColumnIsUndoneAndDropped) {
  ExpectRoundTrip(kUsers,
                  "operations: [rename_column: {table: users, from: name, to: "
                  "full_name}]");
}

TEST_P(UndoWindowPlanTest, ADroppedColumnIsUndoneAndDropped) {
  ExpectRoundTrip(kUsers,
                  "operations: [drop_column: {table: users, column: age}]");
}

TEST_P(UndoWindowPlanTest, ADroppedColumnWithDownIsUndoneAndDropped) {
  ExpectRoundTrip(kUsers,
                  "operations: [drop_column: {table: users, column: name, "
                  "down: \"'new'\"}]");
}

TEST_P(UndoWindowPlanTest, ADroppedTableIsUndoneAndDropped) {
  ExpectRoundTrip(kUsers, "operations: [drop_table: {name: users}]");
}

TEST_P(UndoWindowPlanTest, ARenamedTableIsUndoneAndDropped) {
  ExpectRoundTrip(kUsers,
                  "operations: [rename_table: {from: users, to: people}]");
}

// The rows that the new version has written meanwhile are the old version's,
// too, after an undo.
TEST_P(UndoWindowPlanTest, NothingThatTheNewVersionWritesIsLost) {
  db().Exec(kUsers);
  Contract contract(db(), kToText);
  contract.Seal();
  db().Exec("INSERT INTO users(id, name, age) VALUES (3, 'Three', '30')");
  db().Exec("UPDATE users SET age = '11' WHERE id = 1");
  EXPECT_EQ(contract.Mismatches(), "");
  EXPECT_EQ(contract.Marked(), "");
  contract.Undo();
  EXPECT_EQ(ToLines(db().Query("SELECT id, age FROM users ORDER BY id")),
            "1|11\n2|NULL\n3|30\n");
  EXPECT_EQ(contract.MismatchesBefore(), "");
  contract.Seal();
  contract.Drop();
  EXPECT_EQ(ToLines(db().Query("SELECT id, age FROM users ORDER BY id")),
            "1|11\n2|NULL\n3|30\n");
}

SEGUE_INSTANTIATE(UndoWindowPlanTest);

class PostgresUndoWindowPlanTest : public UndoWindowPlanTest {};

// A row that the old shape cannot hold goes through, and an undo says so.
TEST_P(PostgresUndoWindowPlanTest, AWriteThatDownFailsOnIsMarked) {
  db().Exec(kUsers);
  Contract contract(db(), kToText);
  contract.Seal();
  db().Exec("INSERT INTO users(id, name, age) VALUES (3, 'Three', 'many')");
  db().Exec("UPDATE users SET age = 'some' WHERE id = 1");
  EXPECT_EQ(contract.Mismatches(), "");
  EXPECT_EQ(contract.Marked(), "1, 3");
  contract.Undo();
  EXPECT_EQ(ToLines(db().Query("SELECT id, age FROM users ORDER BY id")),
            "1|NULL\n2|NULL\n3|NULL\n");
  EXPECT_EQ(contract.MismatchesBefore(), "");
  // The values of the new version are still there.
  contract.Seal();
  EXPECT_EQ(ToLines(db().Query("SELECT id, age FROM users ORDER BY id")),
            "1|some\n2|NULL\n3|many\n");
  EXPECT_EQ(contract.Marked(), "1, 3");
}

constexpr char kChecked[] =
    "CREATE TABLE teams(id integer PRIMARY KEY);"
    "INSERT INTO teams VALUES (1);"
    "CREATE TABLE users(id integer PRIMARY KEY, age integer NOT NULL UNIQUE "
    "CONSTRAINT adult CHECK (age > 0), code text, team integer CONSTRAINT "
    "of_team REFERENCES teams);"
    "CREATE UNIQUE INDEX users_code ON users(code);"
    "COMMENT ON COLUMN users.age IS 'in years';"
    "INSERT INTO users VALUES (1, 10, 'a', 1), (2, 20, 'b', NULL);";

TEST_P(PostgresUndoWindowPlanTest, ConstraintsComeBack) {
  ExpectRoundTrip(
      kChecked,
      "operations: [alter_column: {table: users, column: age, type: bigint, "
      "up: age, down: age}]",
      "ALTER TABLE users VALIDATE CONSTRAINT adult");
}

TEST_P(PostgresUndoWindowPlanTest, AForeignKeyComesBack) {
  ExpectRoundTrip(
      kChecked,
      "operations: [alter_column: {table: users, column: team, type: bigint, "
      "up: team, down: team}]",
      "ALTER TABLE users VALIDATE CONSTRAINT of_team");
}

TEST_P(PostgresUndoWindowPlanTest, AUniqueIndexComesBack) {
  ExpectRoundTrip(kChecked,
                  "operations: [alter_column: {table: users, column: code, up: "
                  "upper(code), "
                  "down: lower(code), type: varchar(10)}]");
}

// Nothing of the old shape refuses a write, and what it cannot hold is told
// before an undo.
TEST_P(PostgresUndoWindowPlanTest, WhatTheOldShapeRefusesIsTold) {
  db().Exec(kChecked);
  Contract contract(db(),
                    "operations: [alter_column: {table: users, column: age, "
                    "type: bigint, up: age, down: \"CAST(NULLIF(age % 100, 50) "
                    "/ (age - 70) * (age - 70) AS integer)\"}]");
  contract.Seal();
  db().Exec(
      "INSERT INTO users(id, age) VALUES (3, 110), (4, 100), (5, 50), (6, 70)");
  EXPECT_EQ(contract.Mismatches(), "");
  EXPECT_EQ(contract.Marked(), "6");
  const std::string told = base::Join(contract.Objections(), "; ");
  EXPECT_THAT(told, HasSubstr("2 rows of 'users' have NULL in "));
  EXPECT_THAT(told, HasSubstr("': id=5, id=6"));
  EXPECT_THAT(told, HasSubstr("rows of 'users' break check 'adult': id="));
  contract.Undo();
  EXPECT_EQ(contract.MismatchesBefore(), "");
  EXPECT_EQ(ToLines(db().Query("SELECT count(*) FROM users WHERE age IS NULL")),
            "2\n");
}

TEST_P(PostgresUndoWindowPlanTest, RowsThatAreTheSameToTheOldShapeAreTold) {
  db().Exec(kChecked);
  Contract contract(db(),
                    "operations: [alter_column: {table: users, column: code, "
                    "type: varchar(9), up: code, down: \"left(code, 1)\"}]");
  contract.Seal();
  db().Exec("INSERT INTO users(id, age, code) VALUES (3, 30, 'axe')");
  EXPECT_THAT(base::Join(contract.Objections(), "; "),
              HasSubstr("is in 2 rows"));
  contract.Undo();
  EXPECT_EQ(ToLines(db().Query("SELECT id, code FROM users ORDER BY id")),
            "1|a\n2|b\n3|a\n");
}

TEST_P(PostgresUndoWindowPlanTest, ADroppedConstraintComesBack) {
  ExpectRoundTrip(
      "CREATE TABLE users(id integer PRIMARY KEY, age integer CONSTRAINT adult "
      "CHECK (age > 0)); INSERT INTO users VALUES (1, 2);",
      "operations: [drop_constraint: {table: users, name: adult}]",
      "ALTER TABLE users VALIDATE CONSTRAINT adult");
}

TEST_P(PostgresUndoWindowPlanTest, ADroppedKeyComesBack) {
  ExpectRoundTrip(
      kChecked,
      "operations: [drop_constraint: {table: users, name: users_age_key}]");
}

TEST_P(PostgresUndoWindowPlanTest, ANewCheckWithUpIsUndone) {
  ExpectRoundTrip(
      kUsers,
      "operations: [create_constraint: {table: users, name: grown, type: "
      "check, check: age > 17, up: {age: \"greatest(age, 18)\"}, down: {age: "
      "age}}]");
}

TEST_P(PostgresUndoWindowPlanTest, ARowThatDownCannotSupplyIsTold) {
  db().Exec(kUsers);
  Contract contract(db(),
                    "operations: [drop_column: {table: users, column: age, "
                    "down: length(name) / (length(name) - 5)}]");
  contract.Seal();
  db().Exec("INSERT INTO users(id, name) VALUES (3, 'Three'), (4, 'Fourty')");
  EXPECT_THAT(base::Join(contract.Objections(), "; "),
              HasSubstr("1 rows of 'users' have no value in "));
  EXPECT_THAT(base::Join(contract.Objections(), "; "),
              HasSubstr("because 'down' failed: id=3"));
  contract.Undo();
  EXPECT_EQ(ToLines(db().Query("SELECT id, age FROM users ORDER BY id")),
            "1|10\n2|NULL\n3|NULL\n4|6\n");
}

TEST_P(PostgresUndoWindowPlanTest, WhatHasNoSealIsRefusedByName) {
  EXPECT_THAT(Refusal(std::string(kUsers) +
                          "CREATE VIEW ages AS SELECT age FROM users;",
                      kToText),
              HasSubstr("undo_window: view public.ages"));
  EXPECT_THAT(Refusal("CREATE TABLE t(id integer PRIMARY KEY)",
                      "operations: [sql: {up: 'SELECT 1', onComplete: true}]"),
              HasSubstr("undo_window: 'Run SQL"));
}

// The clients of the earlier version are kept out from the seal on, and are let
// in again as they were. Those of the new one notice nothing.
TEST_P(PostgresUndoWindowPlanTest, TheEarlierVersionIsSealedAndComesBack) {
  CreateRole(db(), "undo_window_app");
  db().Exec(
      "CREATE TABLE users(id serial PRIMARY KEY, name text NOT NULL DEFAULT "
      "'?', age integer NOT NULL DEFAULT 7);"
      "INSERT INTO users(age) VALUES (10);"
      "GRANT SELECT, INSERT, UPDATE ON users TO undo_window_app;"
      "GRANT USAGE ON SEQUENCE users_id_seq TO undo_window_app");
  {
    Database database = db().Open();
    MigratorOptions options;
    options.access = Access::kVersioned;
    Migrator migrator(database, options);
    Migration first = manifest::Parse(
        "operations: [alter_column: {table: users, column: name, comment: "
        "theirs}]",
        "00_first.yaml");
    migrator.Start(first);
    if (migrator.Status()->phase != Phase::kComplete) migrator.Complete();
  }
  db().Exec(
      "GRANT SELECT (name) ON public_00_first.users TO PUBLIC;"
      "GRANT DELETE ON public_00_first.users TO undo_window_app WITH GRANT "
      "OPTION");
  Contract contract(db(), kToText, Access::kVersioned);
  const std::string name = *db().app().One("SELECT current_database()");
  const auto client = [&](const std::string& schema) {
    auto session = OpenPostgresClient(
        PostgresServer::Shared().Url(name, "undo_window_app"));
    session->Query("SET search_path = " + schema + ", public");
    return session;
  };
  const auto old_client = client("public_00_first");
  const auto new_client = client("public_01_change");
  const std::string privileges =
      "SELECT relname, relacl, (SELECT string_agg(a.attacl::text, ',' ORDER BY "
      "attnum) FROM pg_attribute a WHERE attrelid = c.oid) FROM pg_class c "
      "WHERE relnamespace = 'public_00_first'::regnamespace";
  const std::string before = ToLines(db().Query(privileges));
  old_client->Query("INSERT INTO users(name) VALUES ('old')");
  new_client->Query("INSERT INTO users(name, age) VALUES ('new', '20')");
  contract.Seal();
  EXPECT_THAT(old_client->ErrorOf("SELECT * FROM users"),
              HasSubstr("permission denied"));
  EXPECT_THAT(old_client->ErrorOf("INSERT INTO users(name) VALUES ('x')"),
              HasSubstr("permission denied"));
  new_client->Query("INSERT INTO users(name) VALUES ('sealed')");
  new_client->Query("INSERT INTO users(name, age) VALUES ('more', 'many')");
  EXPECT_EQ(ToLines(new_client->Query("SELECT id, age FROM users ORDER BY id")),
            "1|10\n2|7\n3|20\n4|7\n5|many\n");
  EXPECT_EQ(contract.Marked(), "5");
  new_client->Query("UPDATE users SET age = '50' WHERE id = 5");
  EXPECT_EQ(contract.Marked(), "");
  contract.Undo();
  EXPECT_EQ(ToLines(db().Query(privileges)), before);
  EXPECT_EQ(ToLines(old_client->Query("SELECT id, age FROM users ORDER BY id")),
            "1|10\n2|7\n3|20\n4|7\n5|50\n");
  old_client->Query("INSERT INTO users(name) VALUES ('again')");
  EXPECT_EQ(contract.MismatchesBefore(), "");
  contract.Seal();
  contract.Drop();
  EXPECT_THAT(old_client->ErrorOf("SELECT * FROM users"),
              HasSubstr("version public_00_first is retired"));
  EXPECT_EQ(ToLines(new_client->Query("SELECT age FROM users WHERE id = 6")),
            "7\n");
  db().Exec("DROP OWNED BY undo_window_app");
}

SEGUE_INSTANTIATE_ON(PostgresUndoWindowPlanTest, PostgresTestbed());

}  // namespace
}  // namespace segue::test
