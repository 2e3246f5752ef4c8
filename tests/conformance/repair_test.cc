// What was damaged behind the triggers' back is listed and derived again, in
// the direction that its provenance declares.
#include <gmock/gmock.h>

#include "manifest/manifest.h"
#include "segue/error.h"
#include "segue/migrator.h"
#include "tests/conformance/sync_fixture.h"

namespace segue::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class RepairSqlTest : public SyncTest {
 protected:
  void Damage(const std::string& sql) { db().ExecUnseen(sql); }
  // Row 1: the old side wrote; 2: the new one; 3: both; 4, 5: never touched.
  MotionBed& InstallFive(const MotionSpec& spec) {
    Install(
        "CREATE TABLE t(id integer PRIMARY KEY, o text);"
        "INSERT INTO t VALUES (1, 'A'), (2, 'B'), (3, 'C'), (4, 'D'), "
        "(5, 'E')",
        spec)
        .Fill();
    db().Exec("UPDATE t SET o = 'Old' WHERE id = 1");
    db().Exec("UPDATE t SET n = 'New' WHERE id = 2");
    db().Exec("UPDATE t SET o = 'Left', n = 'Right' WHERE id = 3");
    return bed();
  }
};

TEST_P(RepairSqlTest, DerivesInTheDeclaredDirection) {
  InstallFive(Lossy());
  const std::string before = AllRows();
  Damage(
      "UPDATE t SET n = 'wrong' WHERE id = 1;"
      "UPDATE t SET o = 'wrong' WHERE id = 2;"
      "UPDATE t SET n = 'wrong', _segue_d = 0 WHERE id = 4");
  EXPECT_THAT(bed().VerifyKeys(), ElementsAre("(1)", "(2)", "(4)"));
  EXPECT_EQ(bed().Repair(), 3);
  EXPECT_EQ(AllRows(), before);
  EXPECT_THAT(bed().VerifyKeys(), IsEmpty());
  EXPECT_EQ(bed().Repair(), 0);
}

// The provenance is no column of the application's, but nothing keeps a client
// from naming it.
TEST_P(RepairSqlTest, AProvenanceThatSaysNothingIsAMismatch) {
  InstallFive(Lossy());
  const std::string before = AllRows();
  Damage(
      "UPDATE t SET _segue_d = 7 WHERE id = 4;"
      "UPDATE t SET _segue_d = -5, n = 'wrong' WHERE id = 5");
  EXPECT_THAT(bed().VerifyKeys(), ElementsAre("(4)", "(5)"));
  EXPECT_EQ(bed().Repair(), 2);
  EXPECT_EQ(AllRows(), before);
  EXPECT_THAT(bed().VerifyKeys(), IsEmpty());
}

TEST_P(RepairSqlTest, TellsNullFromAValue) {
  InstallFive(Lossy());
  const std::string before = AllRows();
  Damage(
      "UPDATE t SET n = NULL WHERE id = 1; UPDATE t SET o = NULL WHERE id = 2");
  EXPECT_EQ(bed().Repair(), 2);
  EXPECT_EQ(AllRows(), before);
}

TEST_P(RepairSqlTest, LeavesAloneWhatTheApplicationGaveOnBothSides) {
  InstallFive(Lossy());
  Damage("UPDATE t SET n = 'odd' WHERE id = 3");
  EXPECT_EQ(bed().Repair(), 0);
  EXPECT_EQ(Row(3), "Left|odd|3\n");
  EXPECT_THAT(bed().VerifyKeys(), IsEmpty());
  EXPECT_THAT(bed().BothGiven(), ElementsAre("(3)"));
}

TEST_P(RepairSqlTest, StaysInsideItsBounds) {
  InstallFive(Lossy());
  Damage("UPDATE t SET n = 'wrong' WHERE id IN (1, 4, 5)");
  auto key = [](std::int64_t id) { return db::Row{id}; };
  EXPECT_EQ(bed().Repair({key(1), key(4)}), 1);
  EXPECT_THAT(bed().VerifyKeys(), ElementsAre("(1)", "(5)"));
  EXPECT_EQ(bed().Repair({{}, key(1)}), 1);
  EXPECT_EQ(bed().Repair({key(4), {}}), 1);
  EXPECT_THAT(bed().VerifyKeys(), IsEmpty());
}

TEST_P(RepairSqlTest, AsksNothingVolatileAgain) {
  MotionSpec spec;
  spec.up = "'r' || CAST(random() AS text)";
  spec.writes_back = false;
  spec.is_volatile = true;
  Install(kPlainTable, spec).Fill();
  Damage(
      "UPDATE t SET n = 'kept' WHERE id = 1;"
      "UPDATE t SET n = NULL, _segue_d = 0 WHERE id = 2");
  EXPECT_THAT(bed().VerifyKeys(), ElementsAre("(2)"));
  EXPECT_EQ(bed().Repair(), 1);
  EXPECT_EQ(Row(1), "ABC|kept|1\n");
  EXPECT_THAT(Row(2), ::testing::StartsWith("DEF|r"));
}

TEST_P(RepairSqlTest, KeepsAValueThatWasThereBeforeTheMotion) {
  MotionSpec spec = Lossy();
  spec.new_was_there = true;
  Install(
      "CREATE TABLE t(id integer PRIMARY KEY, o text, n text);"
      "INSERT INTO t VALUES (1, 'A', NULL), (2, 'B', 'theirs')",
      spec)
      .Fill();
  const std::string before = AllRows();
  EXPECT_EQ(Row(2), "B|theirs|3\n");
  Damage("UPDATE t SET _segue_d = 0");
  Damage("UPDATE t SET n = NULL WHERE id = 1");
  EXPECT_EQ(bed().Repair(), 2);
  EXPECT_EQ(AllRows(), before);
}

SEGUE_INSTANTIATE(RepairSqlTest);

class PostgresRepairTest : public RepairSqlTest {};

TEST_P(PostgresRepairTest, AValueTooLongIsAnErrorNotCut) {
  MotionSpec spec;
  spec.new_type = "character varying(3)";
  spec.up = "o";
  Install(
      "CREATE TABLE t(id integer PRIMARY KEY, o text);"
      "INSERT INTO t VALUES (1, 'abc')",
      spec)
      .Fill();
  Damage("UPDATE t SET o = 'abcd', _segue_d = 0");
  EXPECT_THROW(bed().Repair(), Error);
  EXPECT_EQ(Row(1), "abcd|abc|0\n");
}

TEST_P(PostgresRepairTest, ARowThatUpFailsOnIsMarked) {
  MotionSpec spec;
  spec.new_type = "integer";
  spec.up = "o::integer";
  spec.down = "n::text";
  spec.marks = true;
  Install(
      "CREATE TABLE t(id integer PRIMARY KEY, o text);"
      "INSERT INTO t VALUES (1, '1'), (2, '2'), (3, '3')",
      spec)
      .Fill();
  Damage(
      "UPDATE t SET o = 'x', _segue_d = 0 WHERE id = 1;"
      "UPDATE t SET n = 9, _segue_d = 0 WHERE id = 2;"
      "UPDATE t SET n = 9 WHERE id = 3");
  EXPECT_EQ(bed().Repair(), 3);
  EXPECT_EQ(AllRows(), "1|x|NULL|4\n2|2|2|1\n3|3|3|1\n");
  EXPECT_THAT(bed().VerifyKeys(), IsEmpty());
  EXPECT_EQ(bed().Marked().size(), 1U);
}

SEGUE_INSTANTIATE_ON(PostgresRepairTest, PostgresTestbed());

// The same through the whole: a migration that is ready, in both accesses.
class RepairTest : public DialectTest {
 protected:
  void Start(Access access,
             const std::function<void(const Progress&)>& watch = {}) {
    db().Exec("CREATE TABLE users(id integer PRIMARY KEY, name text NOT NULL)");
    db().Exec("CREATE TABLE touched(id integer)");
    db().Exec(
        "WITH RECURSIVE s(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM s WHERE "
        "i < 2500) INSERT INTO users SELECT i, 'User' || i FROM s");
    database_.emplace(db().Open());
    MigratorOptions options;
    options.access = access;
    options.listeners.Add(watch);
    migrator_.emplace(*database_, options);
    migrator_->Start(manifest::Parse(
        "operations: [{alter_column: {table: users, column: name, type: "
        "varchar(40), up: lower(name), down: upper(name)}}]",
        "01_lower"));
    // Tells which rows a statement writes, whoever runs it. A plan may refuse
    // such a trigger, so it comes afterwards.
    db().Exec(db().TriggerSql("tell", "AFTER UPDATE ON users",
                              "INSERT INTO touched VALUES (NEW.id);"));
    db().Exec("UPDATE users SET _segue_new_name = 'new2' WHERE id = 2");
    db().Exec(
        "UPDATE users SET name = 'Left', _segue_new_name = 'right' "
        "WHERE id = 3");
    sound_ = Users();
  }
  void Damage(const std::string& sql) { db().ExecUnseen(sql); }
  // One row of each direction, over more than one chunk.
  void DamageThree() {
    Damage(
        "UPDATE users SET _segue_new_name = 'bad' WHERE id = 1;"
        "UPDATE users SET name = 'bad' WHERE id = 2;"
        "UPDATE users SET _segue_d = 0, _segue_new_name = 'old' "
        "WHERE id = 2400");
    db().Exec("DELETE FROM touched");
  }
  std::string Users() {
    return ToLines(db().Query(
        "SELECT id, name, _segue_new_name, _segue_d FROM users ORDER BY id"));
  }
  std::string Touched() {
    return ToLines(db().Query("SELECT id FROM touched ORDER BY id"));
  }
  Migrator& migrator() { return *migrator_; }

  void MendsWhatIsWrongAndOnlyThat(Access access) {
    Start(access);
    DamageThree();
    EXPECT_THAT(migrator().Verify().mismatches,
                ElementsAre("users: id=1", "users: id=2", "users: id=2400"));
    const VerifyReport report = migrator().Verify({true, true});
    EXPECT_TRUE(report.clean());
    EXPECT_EQ(report.rows_repaired, 3);
    EXPECT_THAT(report.both_given, ElementsAre("users: id=3"));
    EXPECT_EQ(Users(), sound_);
    EXPECT_EQ(Touched(), "1\n2\n2400\n");
    EXPECT_EQ(migrator().Verify({true, false}).rows_repaired, 0);
    ExpectRecordedOnce();
    // A contract goes past no trigger that it does not know.
    db().Exec(traits().server ? "DROP TRIGGER tell ON users"
                              : "DROP TRIGGER tell");
    EXPECT_TRUE(migrator().Complete().status.is_complete());
  }
  void ExpectRecordedOnce() {
    int times = 0;
    for (const HistoryEntry& entry : migrator().History()) {
      if (entry.kind != EventKind::kRepaired) continue;
      ++times;
      EXPECT_EQ(entry.message, "3 rows of 'users' were derived again");
    }
    EXPECT_EQ(times, 1);
  }

 private:
  std::optional<Database> database_;
  std::optional<Migrator> migrator_;
  std::string sound_;
};

TEST_P(RepairTest, MendsWhatIsWrongAndOnlyThatInPlace) {
  MendsWhatIsWrongAndOnlyThat(Access::kInPlace);
}

TEST_P(RepairTest, MendsWhatIsWrongAndOnlyThatVersioned) {
  MendsWhatIsWrongAndOnlyThat(Access::kVersioned);
}

TEST_P(RepairTest, WhatComesUnseenBehindTheFillIsFilledBeforeTheProof) {
  bool came = false;
  Start(Access::kInPlace, [&](const Progress& progress) {
    if (came || progress.rows_done < 2500) return;
    came = true;
    Damage("INSERT INTO users(id, name) VALUES (0, 'Late')");
  });
  EXPECT_TRUE(came);
  EXPECT_THAT(Users(), HasSubstr("0|Late|late|1\n"));
  EXPECT_TRUE(migrator().Verify().clean());
  int told = 0;
  for (const HistoryEntry& entry : migrator().History()) {
    if (entry.kind == EventKind::kFill) ++told;
  }
  EXPECT_EQ(told, 1);
}

TEST_P(RepairTest, ListsAHundredAndMendsAll) {
  Start(Access::kInPlace);
  Damage("UPDATE users SET _segue_new_name = 'bad' WHERE id > 10");
  EXPECT_EQ(migrator().Verify().mismatches.size(), 100U);
  const VerifyReport report = migrator().Verify({true, false});
  EXPECT_EQ(report.rows_repaired, 2490);
  EXPECT_THAT(report.mismatches, IsEmpty());
}

TEST_P(RepairTest, WhatStaysWrongIsAnErrorWithTheReason) {
  Start(Access::kInPlace);
  db().Exec("CREATE UNIQUE INDEX one_each ON users(_segue_new_name)");
  Damage("UPDATE users SET name = 'User9' WHERE id = 8");
  try {
    migrator().Verify({true, false});
    ADD_FAILURE() << "nothing was thrown";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kConstraint);
    EXPECT_THAT(error.what(),
                HasSubstr("a row of 'users' cannot be derived again: "));
  }
  EXPECT_THAT(migrator().Verify().mismatches, ElementsAre("users: id=8"));
}

TEST_P(RepairTest, TheTriggersOfClientsGoOnMeanwhile) {
  Start(Access::kInPlace);
  DamageThree();
  migrator().Verify({true, false});
  db().Exec("UPDATE users SET name = 'Again' WHERE id = 1");
  db().Exec("UPDATE users SET _segue_new_name = 'back' WHERE id = 2400");
  EXPECT_THAT(Users(), HasSubstr("1|Again|again|1\n"));
  EXPECT_THAT(Users(), HasSubstr("2400|BACK|back|2\n"));
  EXPECT_TRUE(migrator().Verify().clean());
}

SEGUE_INSTANTIATE(RepairTest);

}  // namespace
}  // namespace segue::test
