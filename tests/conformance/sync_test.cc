// The dual writes: what a matrix of single statements does not show.
#include <gmock/gmock.h>

#include "tests/conformance/sync_fixture.h"

namespace segue::test {
namespace {

TEST_P(SyncTest, LeavesBothSidesAloneWhenOtherColumnsChange) {
  Install(kPlainTable, Lossy()).Fill();
  db().Exec("UPDATE t SET other = other + 1");
  EXPECT_EQ(AllRows(), "1|ABC|abc|1\n2|DEF|def|1\n");
  db().Exec("UPDATE t SET n = 'Xyz' WHERE id = 1");
  db().Exec("UPDATE t SET other = other + 1");
  EXPECT_EQ(Row(1), "Xyz|Xyz|2\n");
}

// In a session that never had a setting of segue's, too.
TEST_P(SyncTest, TakesNoProvenanceFromAClient) {
  if (!GetParam().traits.triggers_change_rows) {
    GTEST_SKIP() << "triggers see a row only after it was written";
  }
  Install(kPlainTable, Lossy()).Fill();
  db().NewClient()->Query("UPDATE t SET _segue_d = 2, other = 7 WHERE id = 1");
  EXPECT_EQ(Row(1), "ABC|abc|1\n");
}

TEST_P(SyncTest, FillsARowThatAClientTouches) {
  Install(kPlainTable, Lossy());
  db().Exec("UPDATE t SET other = 5 WHERE id = 1");
  EXPECT_EQ(AllRows(), "1|ABC|abc|1\n2|DEF|NULL|0\n");
  EXPECT_EQ(bed().CountLeft(), 1);
}

TEST_P(SyncTest, TheLastWriterWinsWhicheverSideItIs) {
  Install(kPlainTable, Lossy()).Fill();
  for (int round = 0; round < 3; ++round) {
    db().Exec("UPDATE t SET o = 'OLD' WHERE id = 1");
    EXPECT_EQ(Row(1), "OLD|old|1\n");
    db().Exec("UPDATE t SET n = 'New' WHERE id = 1");
    EXPECT_EQ(Row(1), "New|New|2\n");
  }
}

TEST_P(SyncTest, WritesManyRowsInOneStatement) {
  Install(kPlainTable, Lossy());
  db().Exec("INSERT INTO t(id, o) SELECT id + 10, o FROM t");
  db().Exec(
      "INSERT INTO t(id, n) SELECT id + 20, 'n' || id FROM t WHERE id < "
      "10");
  db().Exec("UPDATE t SET o = o || '!' WHERE id < 20");
  EXPECT_EQ(AllRows(),
            "1|ABC!|abc!|1\n2|DEF!|def!|1\n11|ABC!|abc!|1\n12|DEF!|def!|1\n"
            "21|n1|n1|2\n22|n2|n2|2\n");
}

TEST_P(SyncTest, TakesPartInTheTransaction) {
  Install(kPlainTable, Lossy());
  db().Exec(
      "BEGIN; UPDATE t SET o = 'X'; INSERT INTO t(id, n) VALUES (3, 'y');"
      "ROLLBACK");
  EXPECT_EQ(AllRows(), "1|ABC|NULL|0\n2|DEF|NULL|0\n");
}

TEST_P(SyncTest, WorksOnAfterAFailedStatement) {
  MotionSpec spec = Lossy();
  Install(
      "CREATE TABLE t(id integer PRIMARY KEY, o text NOT NULL "
      "CHECK (o <> 'bad')); INSERT INTO t VALUES (1, 'ABC')",
      spec);
  EXPECT_TRUE(db().app().Fails("UPDATE t SET n = 'bad'"));
  EXPECT_TRUE(db().app().Fails("INSERT INTO t(id, n) VALUES (2, 'bad')"));
  EXPECT_TRUE(db().app().Fails("INSERT INTO t(id) VALUES (2)"));
  EXPECT_EQ(AllRows(), "1|ABC|NULL|0\n");
  db().Exec("UPDATE t SET n = 'good'");
  EXPECT_EQ(AllRows(), "1|good|good|2\n");
}

TEST_P(SyncTest, KeepsTwoMotionsOfOneTableApart) {
  db().Exec(
      "CREATE TABLE t(id integer PRIMARY KEY, o text, p text);"
      "INSERT INTO t VALUES (1, 'A', 'B'), (2, 'C', 'D')");
  MotionBed first(db(), Lossy());
  first.Install();
  MotionSpec spec;
  spec.name = "m2";
  spec.old_column = "p";
  spec.new_column = "q";
  spec.up = "p || '+'";
  spec.down = "q || '-'";
  spec.provenance = "_segue_d2";
  MotionBed second(db(), spec);
  second.Install();
  first.Fill();
  db().Exec("UPDATE t SET o = 'X', p = 'Y' WHERE id = 1");
  db().Exec("UPDATE t SET n = 'Z' WHERE id = 2");
  db().Exec("INSERT INTO t(id, o, q) VALUES (3, 'O', 'Q')");
  db().Exec("INSERT INTO t(id, n, p) VALUES (4, 'N', 'P')");
  second.Fill();
  EXPECT_EQ(ToLines(db().Query("SELECT id, o, n, _segue_d, p, q, _segue_d2 "
                               "FROM t ORDER BY id")),
            "1|X|x|1|Y|Y+|1\n2|Z|Z|2|D|D+|1\n3|O|o|1|Q-|Q|2\n4|N|N|2|P|P+|1\n");
  EXPECT_THAT(first.VerifyKeys(), ::testing::IsEmpty());
  EXPECT_THAT(second.VerifyKeys(), ::testing::IsEmpty());
  second.Remove();
  db().Exec("UPDATE t SET o = 'W' WHERE id = 1");
  EXPECT_EQ(Row(1), "W|w|1\n");
}

TEST_P(SyncTest, DerivesAColumnFromSeveral) {
  db().Exec(
      "CREATE TABLE t(id integer PRIMARY KEY, o text, other text);"
      "INSERT INTO t VALUES (1, 'A', 'B')");
  MotionSpec spec;
  spec.up = "o || ' ' || other";
  spec.writes_back = false;
  Install("SELECT 1", spec).Fill();
  EXPECT_EQ(Row(1), "A|A B|1\n");
  db().Exec("UPDATE t SET other = 'C' WHERE id = 1");
  EXPECT_EQ(Row(1), "A|A C|1\n");
  db().Exec("UPDATE t SET n = 'mine' WHERE id = 1");
  EXPECT_EQ(*db().app().One("SELECT n FROM t"), "mine");
  db().Exec("INSERT INTO t(id, o, other) VALUES (2, 'x', 'y')");
  EXPECT_EQ(Row(2), "x|x y|1\n");
  db().Exec("INSERT INTO t(id, o, other, n) VALUES (3, 'x', 'y', 'given')");
  EXPECT_EQ(*db().app().One("SELECT n FROM t WHERE id = 3"), "given");
  EXPECT_THAT(bed().VerifyKeys(), ::testing::IsEmpty());
}

TEST_P(SyncTest, SuppliesADroppedColumnOnInsert) {
  db().Exec(
      "CREATE TABLE t(id integer PRIMARY KEY, o text NOT NULL, other "
      "text)");
  MotionSpec spec;
  spec.down = "coalesce(other, 'none')";
  spec.new_column = "";
  Install("SELECT 1", spec);
  db().Exec("INSERT INTO t(id, other) VALUES (1, 'x'), (2, NULL)");
  db().Exec("INSERT INTO t(id, o, other) VALUES (3, 'given', 'x')");
  db().Exec("UPDATE t SET other = 'y'");
  EXPECT_EQ(ToLines(db().Query("SELECT o FROM t ORDER BY id")),
            "x\nnone\ngiven\n");
  EXPECT_TRUE(db().app().Fails("UPDATE t SET o = NULL WHERE id = 1"));
  EXPECT_TRUE(db().app().Fails("UPDATE t SET o = NULL, other = 'z'"));
  const std::string live = db().Dump();
  bed().Remove();
  EXPECT_NE(db().Dump(), live);
  EXPECT_TRUE(db().app().Fails("INSERT INTO t(id) VALUES (4)"));
}

TEST_P(SyncTest, TakesAwkwardNames) {
  db().Exec(
      "CREATE TABLE \"my T\"(\"Id\" integer PRIMARY KEY, \"select\" text,"
      " \"it's\" text); INSERT INTO \"my T\" VALUES (1, 'a', 'x')");
  MotionSpec spec;
  spec.table = "my T";
  spec.old_column = "select";
  spec.new_column = "Größe \"x\"";
  spec.up = "\"select\" || \"it's\"";
  spec.down = "\"Größe \"\"x\"\"\"";
  const std::string before = db().Dump();
  MotionBed& motion = Install("SELECT 1", spec);
  motion.Fill();
  db().Exec(
      "INSERT INTO \"my T\"(\"Id\", \"Größe \"\"x\"\"\") VALUES (2, 'n')");
  db().Exec("UPDATE \"my T\" SET \"select\" = 'b' WHERE \"Id\" = 1");
  EXPECT_EQ(ToLines(db().Query("SELECT * FROM \"my T\" ORDER BY 1")),
            "1|b|x|bx|1\n2|n|NULL|n|2\n");
  EXPECT_THAT(motion.VerifyKeys(), ::testing::IsEmpty());
  motion.Remove();
  EXPECT_EQ(db().Dump(), before);
}

TEST_P(SyncTest, ShowsTheNewColumnUnderTheOldName) {
  db().Exec(
      "CREATE TABLE t(id integer PRIMARY KEY, o integer);"
      "INSERT INTO t VALUES (1, 5)");
  MotionSpec spec;
  spec.new_type = "text";
  spec.up = "CAST(o AS text)";
  spec.down = "CAST(o AS integer)";
  spec.shown_as = "o";
  Install("SELECT 1", spec).Fill();
  db().Exec("UPDATE t SET n = '7'");
  EXPECT_EQ(Row(1), "7|7|2\n");
  db().Exec("UPDATE t SET o = 8");
  EXPECT_EQ(Row(1), "8|8|1\n");
}

TEST_P(SyncTest, SettlesBeforeTheOldColumnTakesOver) {
  MotionSpec spec;
  spec.keeps_old_column = true;
  MotionBed& motion = Install(kPlainTable, spec);
  motion.Fill();
  db().Exec("UPDATE t SET o = 'left', n = 'right' WHERE id = 1");
  EXPECT_EQ(Row(1), "left|right|3\n");
  motion.InstallSettling();
  db().Exec("UPDATE t SET o = 'l', n = 'r' WHERE id = 2");
  EXPECT_EQ(*db().app().One("SELECT o FROM t WHERE id = 2"), "r");
  db().Exec("INSERT INTO t(id, o, n) VALUES (3, 'l', 'r')");
  EXPECT_EQ(*db().app().One("SELECT o FROM t WHERE id = 3"), "r");
  motion.Settle();
  EXPECT_EQ(*db().app().One("SELECT o FROM t WHERE id = 1"), "right");
  // Old writers are still heard.
  db().Exec("UPDATE t SET o = 'late' WHERE id = 1");
  EXPECT_EQ(*db().app().One("SELECT n FROM t WHERE id = 1"), "late");
  EXPECT_EQ(*db().app().One("SELECT count(*) FROM t WHERE o <> n"), "0");
}

SEGUE_INSTANTIATE(SyncTest);

}  // namespace
}  // namespace segue::test
