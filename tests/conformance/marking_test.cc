// on_transform_error: mark, where triggers can go on after an error.
#include <gmock/gmock.h>

#include "segue/error.h"
#include "segue/migrator.h"
#include "tests/conformance/sync_fixture.h"

namespace segue::test {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr char kTexts[] =
    "CREATE TABLE t(id integer PRIMARY KEY, o text, other integer);"
    "INSERT INTO t VALUES (1, '1'), (2, 'two'), (3, NULL)";

class MarkingTest : public SyncTest {
 protected:
  static MotionSpec ToInteger() {
    MotionSpec spec;
    spec.new_type = "integer";
    spec.up = "o::integer";
    spec.down = "(100 / n)::text";
    spec.marks = true;
    return spec;
  }
  std::string Log() {
    return ToLines(
        db().Query("SELECT motion, row_key, table_name, direction, sqlstate "
                   "FROM segue.transform_error ORDER BY row_key"));
  }
};

TEST_P(MarkingTest, AWriteThatUpFailsOnGoesThrough) {
  Install(kTexts, ToInteger()).FillMarking();
  db().Exec("UPDATE t SET o = 'one' WHERE id = 1");
  EXPECT_EQ(Row(1), "one|NULL|4\n");
  db().Exec("INSERT INTO t(id, o) VALUES (4, 'four')");
  EXPECT_EQ(Row(4), "four|NULL|4\n");
  EXPECT_THAT(Log(),
              HasSubstr("public.m1|[1]|public.t|up|22P02\npublic.m1|[2]|"));
  EXPECT_THAT(bed().Marked(),
              Contains("(1, 'up' failed: invalid input syntax for type "
                       "integer: \"one\" (22P02))"));
  // Nothing that concerns the motion: the mark stays.
  db().Exec("UPDATE t SET other = 5");
  EXPECT_EQ(Row(1), "one|NULL|4\n");
  // Writes that succeed, of either side or both.
  db().Exec("UPDATE t SET o = '11' WHERE id = 1");
  EXPECT_EQ(Row(1), "11|11|1\n");
  db().Exec("UPDATE t SET n = 50 WHERE id = 2");
  EXPECT_EQ(Row(2), "2|50|2\n");
  db().Exec("UPDATE t SET o = 'x', n = 4 WHERE id = 4");
  EXPECT_EQ(Row(4), "x|4|3\n");
  EXPECT_THAT(bed().Marked(), IsEmpty());
  EXPECT_THAT(bed().VerifyKeys(), IsEmpty());
}

TEST_P(MarkingTest, AStaleOldValueDoesNotPassForARightOne) {
  Install(kTexts, ToInteger()).FillMarking();
  db().Exec("UPDATE t SET n = 0 WHERE id = 1");
  EXPECT_EQ(Row(1), "NULL|0|5\n");
  EXPECT_THAT(bed().Marked(), Contains(HasSubstr("'down' failed: division")));
  db().Exec("UPDATE t SET n = 20 WHERE id = 1");
  EXPECT_EQ(Row(1), "5|20|2\n");
}

TEST_P(MarkingTest, AnOldColumnThatTakesNoNullRefuses) {
  Install("CREATE TABLE t(id integer PRIMARY KEY, o text NOT NULL)",
          ToInteger());
  EXPECT_TRUE(db().app().Fails("INSERT INTO t(id, n) VALUES (1, 0)"));
  db().Exec("INSERT INTO t(id, o) VALUES (1, 'one')");
  EXPECT_EQ(Row(1), "one|NULL|4\n");
}

TEST_P(MarkingTest, AllElseRefuses) {
  db().Exec(
      "CREATE FUNCTION busy(v text) RETURNS integer LANGUAGE plpgsql AS $$ "
      "BEGIN RAISE EXCEPTION USING ERRCODE = '40001'; END $$");
  MotionSpec spec = ToInteger();
  spec.up = "busy(o)";
  Install("CREATE TABLE t(id integer PRIMARY KEY, o text)", spec);
  EXPECT_TRUE(db().app().Fails("INSERT INTO t(id, o) VALUES (1, '1')"));
  EXPECT_EQ(AllRows(), "");
}

TEST_P(MarkingTest, WithoutItOrAfterItTheWriteFails) {
  MotionSpec refuse = ToInteger();
  refuse.marks = false;
  Install("CREATE TABLE t(id integer PRIMARY KEY, o text)", refuse);
  EXPECT_TRUE(db().app().Fails("INSERT INTO t(id, o) VALUES (1, 'one')"));
  EXPECT_EQ(ToLines(db().Query("SELECT count(*) FROM pg_proc WHERE "
                               "prosrc LIKE '%EXCEPTION%' AND proname LIKE "
                               "'sync%'")),
            "0\n");
  bed().Remove();
  db().Exec("DROP TABLE t");
  Install("CREATE TABLE t(id integer PRIMARY KEY, o text)", ToInteger())
      .StopMarking();
  EXPECT_TRUE(db().app().Fails("INSERT INTO t(id, o) VALUES (1, 'one')"));
  bed().Remove();
  EXPECT_EQ(ToLines(db().Query("SELECT count(*) FROM pg_proc WHERE "
                               "pronamespace = 'segue'::regnamespace AND "
                               "proname NOT LIKE 'hello%'")),
            "0\n");
}

TEST_P(MarkingTest, TheBackfillFillsWhatItCan) {
  MotionSpec spec = ToInteger();
  spec.new_not_null = true;
  Install(kTexts, spec);
  EXPECT_THROW(bed().Fill(), Error);
  bed().FillMarking();
  EXPECT_EQ(AllRows(), "1|1|1|1\n2|two|NULL|4\n3|NULL|NULL|4\n");
  EXPECT_THAT(Log(), HasSubstr("m1|[3]|public.t|up|23502\n"));
  EXPECT_EQ(bed().CountLeft(), 0);
}

TEST_P(MarkingTest, ANullIsMarkedByThePlainFillToo) {
  MotionSpec spec = ToInteger();
  spec.new_not_null = true;
  Install(
      "CREATE TABLE t(id integer PRIMARY KEY, o text);"
      "INSERT INTO t VALUES (1, '1'), (2, NULL)",
      spec)
      .Fill();
  EXPECT_EQ(AllRows(), "1|1|1|1\n2|NULL|NULL|4\n");
  EXPECT_THAT(Log(), HasSubstr("23502"));
}

TEST_P(MarkingTest, AnyRoleMayWriteAndNoneReadsTheLog) {
  Install(kTexts, ToInteger());
  db().Exec(
      "DROP ROLE IF EXISTS segue_marking_app; CREATE ROLE segue_marking_app; "
      "GRANT ALL ON t TO segue_marking_app; SET ROLE segue_marking_app");
  db().Exec("INSERT INTO t(id, o) VALUES (9, 'nine')");
  EXPECT_TRUE(db().app().Fails("SELECT * FROM segue.transform_error"));
  db().Exec("RESET ROLE");
  EXPECT_THAT(Log(), HasSubstr("m1|[9]|"));
  db().Exec("DROP OWNED BY segue_marking_app; DROP ROLE segue_marking_app");
}

// --- the whole path ---

class MarkedMigrationTest : public DialectTest {
 protected:
  void SetUp() override {
    DialectTest::SetUp();
    if (IsSkipped()) return;
    db().Exec(
        "CREATE TABLE t(id integer PRIMARY KEY, o text NOT NULL);"
        "INSERT INTO t SELECT i, CASE WHEN i % 100 = 0 THEN 'bad' ELSE "
        "i::text END FROM generate_series(1, 3000) i");
  }
  static Migration ToInteger() {
    ColumnChange change;
    change.type = "integer";
    change.up = "o::integer";
    change.down = "o::text";
    Migration migration("01_m", "to integer");
    migration.AlterColumn("t", "o", change);
    migration.on_transform_error = OnTransformError::kMark;
    return migration;
  }
  static std::string CompleteFails(Migrator& migrator) {
    try {
      migrator.Complete();
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kMismatch) << error.what();
      return error.what();
    }
    return "";
  }
};

TEST_P(MarkedMigrationTest, MarkedRowsHoldUpTheContractAndNothingElse) {
  Database database = db().Open();
  Migrator migrator(database, {});
  const Outcome outcome = migrator.Start(ToInteger());
  EXPECT_EQ(outcome.status.sub_state, SubState::kReady);
  EXPECT_EQ(outcome.status.on_transform_error, OnTransformError::kMark);
  EXPECT_THAT(outcome.notes,
              ElementsAre(HasSubstr("'up' fails on 30 rows of 't', which will "
                                    "be marked: id=100: invalid input")));
  EXPECT_EQ(migrator.Verify().mismatches.size(), 30U);
  EXPECT_THAT(migrator.Verify().mismatches.at(0),
              HasSubstr("t: id=100: 'up' failed: invalid input syntax"));
  EXPECT_THAT(CompleteFails(migrator), HasSubstr("t: id=100"));
  db().Exec("UPDATE t SET o = '7' WHERE o = 'bad'");
  EXPECT_TRUE(migrator.Verify().clean());
  EXPECT_TRUE(migrator.Complete().status.is_complete());
  EXPECT_EQ(*db().app().One("SELECT sum(o) FROM t WHERE id % 100 = 0"), "210");
  EXPECT_EQ(*db().app().One("SELECT count(*) FROM segue.transform_error"), "0");
}

TEST_P(MarkedMigrationTest, WhatIsMarkedWhileItCompletesIsNotLost) {
  db().Exec("UPDATE t SET o = '7' WHERE o = 'bad'");
  Database database = db().Open();
  MigratorOptions options;
  bool late = false;
  options.listeners.Add([&](const Progress& progress) {
    if (late || progress.event != Progress::Event::kStepStarted ||
        progress.phase != Phase::kContracting) {
      return;
    }
    late = true;
    db().Exec("INSERT INTO t VALUES (9000, 'late')");
  });
  Migrator migrator(database, options);
  EXPECT_THAT(migrator.Start(ToInteger()).notes, IsEmpty());
  EXPECT_THAT(CompleteFails(migrator), HasSubstr("t: id=9000: 'up' failed"));
  EXPECT_EQ(migrator.Status()->sub_state, SubState::kReady);
  // Both versions live on, and marking does.
  db().Exec("INSERT INTO t VALUES (9001, 'later')");
  EXPECT_EQ(migrator.Verify().mismatches.size(), 2U);
  db().Exec("DELETE FROM t WHERE id = 9001");
  db().Exec("UPDATE t SET o = '5' WHERE id = 9000");
  EXPECT_TRUE(migrator.Complete().status.is_complete());
  EXPECT_EQ(*db().app().One("SELECT o FROM t WHERE id = 9000"), "5");
}

SEGUE_INSTANTIATE_ON(MarkingTest, PostgresTestbed());
SEGUE_INSTANTIATE_ON(MarkedMigrationTest, PostgresTestbed());

}  // namespace
}  // namespace segue::test
