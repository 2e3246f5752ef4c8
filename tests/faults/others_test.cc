// What somebody else does to the tables, triggers and views of a migration that
// is live: it is named, nothing says "ready" over it, and there is a way out.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "base/text.h"
#include "segue/error.h"
#include "segue/migrator.h"
#include "tests/support/testbed.h"
#include "tests/support/thrown.h"

namespace segue::test {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

Migration Renaming(const char* column = "n") {
  Migration migration("01_rename", "Rename a column of t");
  migration.RenameColumn("t", column, "m");
  return migration;
}

Migration Widening() {
  Migration migration("01_rename", "Widen t.o");
  ColumnChange change;
  change.type = "bigint";
  change.up = "o * 100";
  change.down = "o / 100";
  migration.AlterColumn("t", "o", change);
  return migration;
}

class OthersTest : public DialectTest {
 protected:
  void SetUp() override {
    DialectTest::SetUp();
    if (IsSkipped()) return;
    db().Exec(
        "CREATE TABLE t (id integer PRIMARY KEY, n text NOT NULL, o int)");
    db().Exec("CREATE TABLE other (id integer PRIMARY KEY)");
    db().Exec("INSERT INTO t VALUES (1, 'a', 1), (2, 'b', 2)");
    database_.emplace(db().Open());
  }

  bool is_server() { return traits().server; }

  Migrator& Start(Access access = Access::kInPlace,
                  const Migration& migration = Renaming()) {
    MigratorOptions options;
    options.access = access;
    options.lock_patience = std::chrono::milliseconds(500);
    migrator_.emplace(*database_, options);
    migrator_->Start(migration);
    EXPECT_THAT(Missing(), IsEmpty());
    return *migrator_;
  }
  std::string Missing() {
    return base::Join(migrator_->Status()->missing, "; ");
  }

  // Nothing says that both versions are live.
  void ExpectRefused(const std::string& part) {
    EXPECT_THAT(Missing(), HasSubstr(part));
    for (const std::function<void()>& command :
         std::vector<std::function<void()>>{
             [&] { migrator_->Resume(); }, [&] { migrator_->Verify(); },
             [&] { migrator_->Start(Renaming()); },
             [&] { migrator_->Complete(); }}) {
      const Error error = ThrownBy(command);
      EXPECT_EQ(error.kind(), ErrorKind::kRefused) << error.what();
      EXPECT_THAT(std::string(error.what()), HasSubstr(part));
    }
    EXPECT_EQ(migrator_->Status()->sub_state, SubState::kReady);
  }

  // The rollback ends the migration, leaves nothing, and the next can start.
  Outcome ExpectRollback() {
    const Outcome outcome = migrator_->Rollback();
    EXPECT_EQ(outcome.status.phase, Phase::kRolledBack);
    EXPECT_THAT(db().Dump(), Not(HasSubstr("_segue")));
    ExpectNextStarts();
    return outcome;
  }
  void ExpectNextStarts() {
    Migration next("02_next", "Add a column");
    ColumnSpec column;
    column.name = "later";
    column.type = "text";
    next.AddColumn("other", column);
    EXPECT_TRUE(migrator_->Start(next).status.is_complete());
  }

  std::optional<Database> database_;
  std::optional<Migrator> migrator_;
};

// Case stuck_after_table_dropped.
TEST_P(OthersTest, ATableThatIsDroppedIsNamedAndRolledBackFrom) {
  for (const Access access : {Access::kInPlace, Access::kVersioned}) {
    SetUp();
    Start(access, Widening());
    db().Exec(is_server() ? "DROP TABLE t CASCADE" : "DROP TABLE t");
    ExpectRefused(is_server() || access == Access::kInPlace
                      ? "table 't' is gone"
                      : "no such table: main.t");
    const Outcome outcome = ExpectRollback();
    EXPECT_THAT(base::Join(outcome.notes, "; "), HasSubstr("nothing to undo"));
  }
}

// Case sqlite-rebuild_by_others_stuck.
TEST_P(OthersTest, ATableThatIsRebuiltIsNamedAndRolledBackFrom) {
  Start();
  db().Exec(
      "CREATE TABLE new_t (id integer PRIMARY KEY, n text NOT NULL, o int, "
      "extra text);"
      "INSERT INTO new_t (id, n, o) SELECT id, n, o FROM t; DROP TABLE t;"
      "ALTER TABLE new_t RENAME TO t");
  ExpectRefused("trigger");
  EXPECT_THAT(Missing(), HasSubstr("column 'm' of 't' is gone"));
  ExpectRollback();
  EXPECT_EQ(ToLines(db().Query("SELECT id, n, extra FROM t ORDER BY id")),
            "1|a|NULL\n2|b|NULL\n");
}

TEST_P(OthersTest, ATableThatIsRenamedIsNamedAndRenamedBack) {
  Start();
  const std::string before = db().Dump();
  db().Exec("ALTER TABLE t RENAME TO x");
  ExpectRefused("table 't' is gone; its triggers are on x");
  const Error error = ThrownBy([&] { migrator_->Rollback(); });
  EXPECT_EQ(error.kind(), ErrorKind::kRefused);
  EXPECT_THAT(std::string(error.what()),
              HasSubstr("somebody else has renamed what the rollback of "
                        "migration '01_rename' undoes: table 't' is gone; its "
                        "triggers are on x"));
  EXPECT_EQ(migrator_->Status()->sub_state, SubState::kReady);
  // Applications that know its new name write on.
  db().Exec("INSERT INTO x (id, n) VALUES (3, 'c')");
  db().Exec("ALTER TABLE x RENAME TO t");
  ExpectRollback();
  EXPECT_EQ(ToLines(db().Query("SELECT id, n FROM t ORDER BY id")),
            "1|a\n2|b\n3|c\n");
}

TEST_P(OthersTest, ATableThatIsRenamedCanBeLeftAsItIs) {
  Start();
  db().Exec("ALTER TABLE t RENAME TO x");
  const Outcome outcome = migrator_->Rollback(false, "x is another team's");
  EXPECT_EQ(outcome.status.phase, Phase::kRolledBack);
  EXPECT_EQ(outcome.status.sub_state, SubState::kAbandoned);
  EXPECT_THAT(base::Join(outcome.notes, "; "), HasSubstr("left as it is"));
  bool told = false;
  for (const HistoryEntry& entry : migrator_->History()) {
    if (entry.kind != EventKind::kAbandoned) continue;
    told = true;
    EXPECT_THAT(entry.message, HasSubstr("x is another team's"));
  }
  EXPECT_TRUE(told);
  db().Exec("INSERT INTO x (id, n) VALUES (3, 'c')");
  EXPECT_EQ(*db().app().One("SELECT m FROM x WHERE id = 3"), "c");
  ExpectNextStarts();
}

TEST_P(OthersTest, ATriggerThatIsDroppedIsNamed) {
  for (const Access access : {Access::kInPlace, Access::kVersioned}) {
    SetUp();
    Start(access, access == Access::kVersioned ? Widening() : Renaming());
    const std::string trigger = *db().app().One(
        is_server() ? "SELECT tgname FROM pg_trigger WHERE tgname LIKE "
                      "'%segue%upd' LIMIT 1"
                    : "SELECT name FROM sqlite_schema WHERE type = 'trigger' "
                      "AND name LIKE 'segue%update' LIMIT 1");
    db().Exec("DROP TRIGGER \"" + trigger + "\"" +
              (is_server() ? " ON t" : ""));
    EXPECT_THAT(Missing(), HasSubstr("'" + trigger + "'"));
    EXPECT_EQ(ThrownBy([&] { migrator_->Resume(); }).kind(),
              ErrorKind::kRefused);
    EXPECT_EQ(ThrownBy([&] { migrator_->Complete(); }).kind(),
              ErrorKind::kRefused);
    ExpectRollback();
  }
}

// Case sqlite-dropped_version_view_stuck.
TEST_P(OthersTest, AViewOfTheVersionThatIsDroppedIsNamed) {
  Start(Access::kVersioned);
  db().Exec(is_server() ? "DROP VIEW public_01_rename.t"
                        : "DROP VIEW main_01_rename__t");
  ExpectRefused(is_server() ? "view 't' of version 'public_01_rename' is gone"
                            : "view 'main_01_rename__t' is gone");
  ExpectRollback();
}

TEST_P(OthersTest, AVersionOfATableThatIsDroppedIsNamed) {
  Start(Access::kVersioned);
  db().Exec(is_server() ? "DROP TABLE t CASCADE" : "DROP TABLE t");
  ExpectRefused(is_server() ? "view 't' of version 'public_01_rename' is gone"
                            : "no such table: main.t");
  ExpectRollback();
}

TEST_P(OthersTest, WhatTheContractCannotFindIsAbandoned) {
  Start();
  db().Exec(is_server() ? "DROP TABLE t CASCADE" : "DROP TABLE t");
  EXPECT_EQ(ThrownBy([&] { migrator_->Complete(); }).kind(),
            ErrorKind::kRefused);
  EXPECT_EQ(migrator_->Rollback(false, "no table").status.sub_state,
            SubState::kAbandoned);
  ExpectNextStarts();
}

SEGUE_INSTANTIATE(OthersTest);

class OthersPostgresTest : public OthersTest {};
SEGUE_INSTANTIATE_ON(OthersPostgresTest, PostgresTestbed());

TEST_P(OthersPostgresTest, ATriggerThatIsTurnedOffIsNamedUntilItIsOnAgain) {
  Start();
  db().Exec("ALTER TABLE t DISABLE TRIGGER ALL");
  ExpectRefused("is disabled");
  db().Exec("UPDATE t SET n = 'changed' WHERE id = 1");
  db().Exec("ALTER TABLE t ENABLE REPLICA TRIGGER \"" +
            *db().app().One("SELECT tgname FROM pg_trigger LIMIT 1") + "\"");
  ExpectRefused("is disabled");
  db().Exec("ALTER TABLE t ENABLE TRIGGER ALL");
  EXPECT_THAT(Missing(), IsEmpty());
  EXPECT_FALSE(migrator_->Verify().clean());
  EXPECT_TRUE(migrator_->Verify({true}).clean());
  migrator_->Complete();
  EXPECT_EQ(*db().app().One("SELECT m FROM t WHERE id = 1"), "changed");
}

TEST_P(OthersPostgresTest, ATriggerThatIsOffOnOnePartitionIsNamed) {
  db().Exec("DROP TABLE t");
  db().Exec(
      "CREATE TABLE t (id int, n text NOT NULL, o int, PRIMARY KEY (id)) "
      "PARTITION BY RANGE (id);"
      "CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10)");
  Start();
  db().Exec("ALTER TABLE t1 DISABLE TRIGGER ALL");
  ExpectRefused("is disabled");
  ExpectRollback();
}

TEST_P(OthersPostgresTest, AFunctionThatIsDroppedIsNamed) {
  Start(Access::kInPlace, Widening());
  const std::string function = *db().app().One(
      "SELECT proname FROM pg_proc WHERE proname LIKE 'up\\_%' LIMIT 1");
  db().Exec("DROP FUNCTION segue.\"" + function + "\"");
  EXPECT_THAT(Missing(), HasSubstr(function));
  EXPECT_EQ(ThrownBy([&] { migrator_->Resume(); }).kind(), ErrorKind::kRefused);
  ExpectRollback();
}

TEST_P(OthersPostgresTest, AColumnThatTheTriggersReadIsNamed) {
  Start();
  db().Exec("ALTER TABLE t DROP COLUMN n CASCADE");
  ExpectRefused("column 'n' of 't' is gone");
  ExpectRollback();
}

TEST_P(OthersPostgresTest, ATriggerThatIsRenamedIsNamedAndRenamedBack) {
  Start();
  const char* name = "~segue_01_rename_1_ins";
  db().Exec("ALTER TRIGGER \"" + std::string(name) +
            "\" ON t RENAME TO \"a trigger\"");
  ExpectRefused("trigger 'a trigger' of 't' has another name");
  EXPECT_EQ(ThrownBy([&] { migrator_->Rollback(); }).kind(),
            ErrorKind::kRefused);
  db().Exec("ALTER TRIGGER \"a trigger\" ON t RENAME TO \"" +
            std::string(name) + "\"");
  ExpectRollback();
}

// A default names its type by the type's identity, the plan by its text.
TEST_P(OthersPostgresTest, AnErrorOfTheContractNamesItsStep) {
  db().Exec(
      "CREATE TYPE e AS ENUM ('a', 'b'); ALTER TABLE t ADD k e DEFAULT 'b'");
  Start(Access::kInPlace, Renaming("k"));
  db().Exec("ALTER TYPE e RENAME VALUE 'b' TO 'bb'");
  const Error error = ThrownBy([&] { migrator_->Complete(); });
  EXPECT_THAT(error.notes(), Contains(HasSubstr("in the step 'Switch")));
  ExpectRollback();
}

TEST_P(OthersPostgresTest, ASchemaOfTheVersionThatIsDroppedIsNamed) {
  Start(Access::kVersioned);
  db().Exec("DROP SCHEMA public_01_rename CASCADE");
  ExpectRefused("schema 'public_01_rename' is gone");
  ExpectRollback();
}

class OthersSqliteTest : public OthersTest {};
SEGUE_INSTANTIATE_ON(OthersSqliteTest, SqliteTestbed());

// Case sqlite-broken_view_stuck.
TEST_P(OthersSqliteTest, AViewThatDoesNotResolveIsNamedAndMended) {
  const std::string before = db().Dump();
  Start();
  db().Exec("CREATE VIEW v AS SELECT nosuch FROM gone");
  const Error error = ThrownBy([&] { migrator_->Rollback(); });
  EXPECT_EQ(error.kind(), ErrorKind::kRefused);
  EXPECT_THAT(std::string(error.what()), HasSubstr("error in view v"));
  EXPECT_THAT(error.hint(), HasSubstr("mend or drop"));
  EXPECT_EQ(migrator_->Status()->sub_state, SubState::kRollingBack);
  db().Exec("DROP VIEW v");
  migrator_->Rollback();
  EXPECT_EQ(db().Dump(), before);
}

TEST_P(OthersSqliteTest, AViewThatDoesNotResolveKeepsNobodyFromAbandoning) {
  Start();
  db().Exec("CREATE VIEW v AS SELECT nosuch FROM gone");
  EXPECT_EQ(migrator_->Rollback(false, "v is needed").status.sub_state,
            SubState::kAbandoned);
  db().Exec("INSERT INTO t (id, n) VALUES (3, 'c')");
}

}  // namespace
}  // namespace segue::test
