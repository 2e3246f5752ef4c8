// Tests what the conformance matrix does not reach: conflict clauses, triggers
// of the user's, motions that feed each other, and awkward keys.
#include "dialects/sqlite/sync.h"

#include <gmock/gmock.h>

#include "dialects/sqlite/test_session.h"

namespace segue::sqlite {
namespace {

constexpr char kTable[] =
    "CREATE TABLE t(id INTEGER PRIMARY KEY, o TEXT, x TEXT);"
    "INSERT INTO t VALUES (1, 'A', 'x'), (2, 'B', 'x');";

class SyncTest : public ::testing::TestWithParam<bool> {
 protected:
  TestSession Session(const std::string& script) {
    return TestSession(std::string("PRAGMA recursive_triggers = ") +
                       (GetParam() ? "ON;" : "OFF;") + script);
  }
};

INSTANTIATE_TEST_SUITE_P(Recursive, SyncTest, ::testing::Bool());

constexpr char kRows[] = "SELECT id, o, n, _segue_d1 FROM t ORDER BY id";

TEST_P(SyncTest, AUserTriggerOnEveryWriteLosesNothing) {
  TestSession db = Session(kTable);
  // One trigger is older than ours and one is newer, so both orders of firing
  // occur.
  const std::string touch =
      " ON t WHEN NEW.x IS NOT 'touched' BEGIN UPDATE t SET x = 'touched' "
      "WHERE id = NEW.id; UPDATE t SET x = 'x' WHERE id = NEW.id AND 0; END;";
  db.Run("CREATE TRIGGER a1 AFTER INSERT" + touch +
         "CREATE TRIGGER a2 AFTER UPDATE" + touch);
  const plan::ColumnMotion motion = db.Install("lower(o)");
  db.Run("CREATE TRIGGER z1 AFTER INSERT" + touch +
         "CREATE TRIGGER z2 AFTER UPDATE" + touch);
  db.Run(
      "INSERT INTO t(id, n) VALUES (3, 'N'); "
      "INSERT INTO t(id, o) VALUES (4, 'O');"
      "INSERT INTO t(id, o, n) VALUES (5, 'P', 'Q');"
      "UPDATE t SET x = '', n = 'M' WHERE id = 1;"
      "UPDATE t SET x = '', o = 'W' WHERE id = 2;"
      "UPDATE t SET x = '', n = 'M2' WHERE id = 1;");
  EXPECT_EQ(db.Ask(kRows), "1|M2|M2|2 2|W|w|1 3|N|N|2 4|O|o|1 5|P|Q|3");
  EXPECT_EQ(db.Wrong(motion), "");
}

TEST_P(SyncTest, OrIgnoreSkipsARowWhoseOldValueIsTaken) {
  TestSession db = Session(
      "CREATE TABLE t(id INTEGER PRIMARY KEY, o TEXT UNIQUE);"
      "INSERT INTO t VALUES (1, 'A')");
  const plan::ColumnMotion motion = db.Install();
  db.Run("INSERT OR IGNORE INTO t(n) VALUES ('A'), ('B')");
  EXPECT_EQ(db.Ask("SELECT o, n FROM t"), "A|NULL B|B");
  EXPECT_NE(db.ErrorOf("INSERT INTO t(n) VALUES ('A')"), "");
  EXPECT_NE(db.ErrorOf("UPDATE OR IGNORE t SET n = 'A' WHERE n = 'B'"), "");
  db.Run("INSERT OR REPLACE INTO t(id, n) VALUES (9, 'A')");
  EXPECT_EQ(db.Ask("SELECT id, o, n FROM t ORDER BY id"), "2|B|B 9|A|A");
  EXPECT_EQ(db.Wrong(motion), "");
}

TEST_P(SyncTest, ATriggerThatIgnoresWritesNeverCostsARow) {
  TestSession db = Session(
      "CREATE TABLE t(id INTEGER PRIMARY KEY, o TEXT UNIQUE);"
      "CREATE TRIGGER frozen BEFORE UPDATE ON t WHEN OLD.id < 5 "
      "BEGIN SELECT RAISE(IGNORE); END");
  db.Install();
  EXPECT_NE(db.ErrorOf("INSERT INTO t(id, o) VALUES (1, 'A')"), "");
  db.Run("INSERT INTO t(id, o) VALUES (6, 'A')");
  EXPECT_EQ(db.Ask(kRows), "6|A|A|1");
}

// A trigger that logs what comes would log a row that is taken out again.
TEST_P(SyncTest, ARowThatATriggerHasSeenIsNotTakenOutAgain) {
  TestSession db = Session(
      "CREATE TABLE t(id INTEGER PRIMARY KEY, o TEXT UNIQUE);"
      "CREATE TABLE log(id); INSERT INTO t VALUES (1, 'A');"
      "CREATE TRIGGER comes AFTER INSERT ON t BEGIN "
      "INSERT INTO log VALUES (NEW.id); END");
  db.Install();
  EXPECT_THAT(db.ErrorOf("INSERT OR IGNORE INTO t(n) VALUES ('A')"),
              ::testing::HasSubstr("constraint failed: t"));
  db.Run("INSERT OR IGNORE INTO t(n) VALUES ('B')");
  EXPECT_EQ(db.Ask("SELECT id FROM log"), "2");
}

TEST_P(SyncTest, OrFailLeavesNoTraceInTheEnd) {
  TestSession db = Session(
      "CREATE TABLE t(id INTEGER PRIMARY KEY, o TEXT UNIQUE, x TEXT);"
      "INSERT INTO t(id, o) VALUES (1, 'A'), (2, 'B'), (3, 'C')");
  const plan::ColumnMotion motion = db.Install();
  db.Fill(motion);
  EXPECT_NE(db.ErrorOf("UPDATE OR FAIL t SET n = 'B' WHERE id = 1"), "");
  EXPECT_NE(db.ErrorOf("UPDATE OR FAIL t SET n = 'B' WHERE id = 3"), "");
  EXPECT_NE(db.Wrong(motion), "");
  db.Run("UPDATE t SET x = 'touched' WHERE id = 1");  // must not fail
  db.Run("UPDATE t SET n = 'D' WHERE id = 2");        // triggers are awake
  db.Fill(motion);
  EXPECT_EQ(db.Ask(kRows), "1|A|A|1 2|D|D|2 3|C|C|1");
  EXPECT_EQ(db.Wrong(motion), "");
}

TEST_P(SyncTest, MotionsFeedEachOther) {
  TestSession db = Session(kTable);
  const plan::ColumnMotion first = db.Install("upper(o)", "lower(n)");
  // The second motion is derived from what the first one writes, on either
  // side.
  const plan::ColumnMotion second = db.Install("o || n", "", 2, "", "both");
  db.Run(
      "UPDATE t SET n = 'NEW' WHERE id = 1;"
      "INSERT INTO t(id, o) VALUES (3, 'old');"
      "INSERT INTO t(id, n) VALUES (4, 'NEW')");
  EXPECT_EQ(db.Ask("SELECT id, both FROM t WHERE id <> 2 ORDER BY id"),
            "1|newNEW 3|oldOLD 4|newNEW");
  db.Fill(first);
  db.Fill(second);
  EXPECT_EQ(db.Wrong(first) + db.Wrong(second), "");
  EXPECT_EQ(db.Ask("SELECT both FROM t WHERE id = 2"), "BB");
}

TEST_P(SyncTest, TwoMotionsFillTwoRelaxedColumns) {
  TestSession db =
      Session("CREATE TABLE t(id INTEGER PRIMARY KEY, o TEXT, p TEXT)");
  plan::ColumnMotion first = db.Install();
  plan::ColumnMotion second = db.Install("p", "q", 2, "p", "q");
  for (plan::ColumnMotion* motion : {&first, &second}) {
    motion->old_column->nullable = false;
    motion->new_not_null = true;
    db.Sync(*motion);
  }
  db.Run(
      "INSERT INTO t(id, n, q) VALUES (1, 'N', 'Q');"
      "INSERT INTO t(id, o, q) VALUES (2, 'O', 'Q');"
      "INSERT INTO t(id, o, p) VALUES (3, 'O', 'P')");
  EXPECT_EQ(db.Ask("SELECT o, n, p, q FROM t"), "N|N|Q|Q O|O|Q|Q O|O|P|P");
  EXPECT_EQ(db.ErrorOf("INSERT INTO t(id, n) VALUES (4, 'N')"),
            "NOT NULL constraint failed: t.p");
  EXPECT_NE(db.ErrorOf("UPDATE t SET n = NULL"), "");
  EXPECT_NE(db.ErrorOf("UPDATE t SET o = 'x', p = NULL"), "");
}

TEST_P(SyncTest, AnotherColumnKeepsTheSideThatWroteLast) {
  TestSession db = Session(kTable);
  const plan::ColumnMotion motion =
      db.Install("o || ':' || x", "substr(n, 1, 1) || x");
  db.Run("UPDATE t SET n = 'N' WHERE id = 2; UPDATE t SET x = 'y'");
  EXPECT_EQ(db.Ask(kRows), "1|A|A:y|1 2|Ny|N|2");
  EXPECT_EQ(db.Wrong(motion), "");
}

TEST_P(SyncTest, AClientMayWriteAllColumnsBack) {
  TestSession db = Session(kTable);
  const plan::ColumnMotion motion = db.Install("lower(o)");
  db.Fill(motion);
  db.Run("UPDATE t SET n = 'N' WHERE id = 1");
  // An object mapper that has read the row before writes all columns, including
  // the provenance.
  db.Run(
      "UPDATE t SET id = 1, o = 'Z', x = 'x', n = 'N', _segue_d1 = 1 "
      "WHERE id = 1;"
      "UPDATE t SET n = 'M', _segue_d1 = 0 WHERE id = 2;"
      "INSERT INTO t SELECT id + 10, o, x, n, _segue_d1 FROM t");
  EXPECT_EQ(db.Ask(kRows), "1|Z|z|1 2|M|M|2 11|Z|z|3 12|M|M|3");
  db.Run("INSERT INTO t(id, o, _segue_d1) VALUES (20, 'Q', 2)");
  EXPECT_EQ(db.Ask("SELECT n, _segue_d1 FROM t WHERE id = 20"), "q|1");
}

TEST_P(SyncTest, UpsertsUpdate) {
  TestSession db = Session(kTable);
  const plan::ColumnMotion motion = db.Install("lower(o)");
  db.Run(
      "INSERT INTO t(id, n) VALUES (1, 'N') ON CONFLICT(id) DO UPDATE SET "
      "n = excluded.n; INSERT INTO t(id, o) VALUES (2, 'O') "
      "ON CONFLICT(id) DO UPDATE SET o = excluded.o;"
      "INSERT INTO t(id, o) VALUES (2, 'P') ON CONFLICT DO NOTHING");
  EXPECT_EQ(db.Ask(kRows), "1|N|N|2 2|O|o|1");
  EXPECT_EQ(db.Wrong(motion), "");
}

TEST(Sync, TellsADefaultFromAValue) {
  TestSession db(
      "CREATE TABLE t(id INTEGER PRIMARY KEY, o TEXT NOT NULL DEFAULT none)");
  const plan::ColumnMotion motion = db.Install();
  db.Run(
      "INSERT INTO t(id, n) VALUES (1, 'N'); INSERT INTO t(id) VALUES (2);"
      "INSERT INTO t(id, o, n) VALUES (3, 'O', 'N')");
  EXPECT_EQ(db.Ask(kRows), "1|N|N|2 2|none|none|1 3|O|N|3");
}

TEST(Sync, TablesThatHideTheirRowid) {
  TestSession db(
      "CREATE TABLE t(rowid TEXT, _rowid_ INTEGER, id, o TEXT);"
      "INSERT INTO t VALUES ('same', 1, 1, 'A'), ('same', 1, 2, 'B')");
  const plan::ColumnMotion motion = db.Install();
  db.Run("UPDATE t SET n = 'N' WHERE id = 2");
  EXPECT_EQ(db.Ask("SELECT o, n FROM t"), "A|NULL N|N");
  db.Fill(motion);
  EXPECT_EQ(db.Wrong(motion), "");

  TestSession all("CREATE TABLE t(rowid, _rowid_, oid, o TEXT)");
  EXPECT_THROW(all.Install(), Error);
  TestSession keyed(
      "CREATE TABLE t(rowid, _rowid_, oid, id INT NOT NULL UNIQUE, o TEXT);"
      "INSERT INTO t(id, o) VALUES (5, 'A')");
  keyed.Install();
  keyed.Run("UPDATE t SET n = 'N'");
  EXPECT_EQ(keyed.Ask("SELECT o FROM t"), "N");
}

TEST(Sync, RefusesAColumnThatIdentifiesTheRow) {
  TestSession rowid("CREATE TABLE t(o INTEGER PRIMARY KEY)");
  EXPECT_THROW(rowid.Install(), Error);
  TestSession without("CREATE TABLE t(o TEXT PRIMARY KEY) WITHOUT ROWID");
  EXPECT_THROW(without.Install(), Error);
}

TEST(MotionSql, SearchesTheKeyAndSortsNothing) {
  const std::vector<std::string> tables = {
      "CREATE TABLE t(id INTEGER PRIMARY KEY, o TEXT)",
      "CREATE TABLE t(o TEXT)",
      "CREATE TABLE t(a INT NOT NULL, b TEXT NOT NULL COLLATE NOCASE, o TEXT, "
      "PRIMARY KEY (b, a))",
      "CREATE TABLE t(a INT, b TEXT, o TEXT, PRIMARY KEY (b, a)) WITHOUT ROWID",
  };
  for (const std::string& table : tables) {
    TestSession db(table);
    const plan::ColumnMotion motion = db.Install();
    const MotionSql sql = db.Rows(motion);
    const std::size_t keys = sql.fill->key_columns.size();
    for (const auto& [statement, parameters] :
         {std::pair{sql.fill->next_bound.after, keys + 1},
          std::pair{sql.fill->statement.between, 2 * keys},
          std::pair{sql.verify.at(0).statement.between, 2 * keys}}) {
      const std::string plan =
          db.Ask("EXPLAIN QUERY PLAN " + statement,
                 std::vector<db::Value>(parameters, std::int64_t{1}));
      EXPECT_THAT(plan, ::testing::HasSubstr("SEARCH t")) << statement;
      EXPECT_THAT(plan, ::testing::Not(::testing::HasSubstr("TEMP B-TREE")));
    }
  }
}

TEST(MotionSql, ComparesAsStored) {
  TestSession db(
      "CREATE TABLE t(id INTEGER PRIMARY KEY, o INTEGER);"
      "INSERT INTO t(o) VALUES (1), (2), (NULL)");
  // A text becomes a number on its way into an INTEGER column.
  const plan::ColumnMotion motion = db.Install("'0' || o", "CAST(n AS TEXT)");
  db.Fill(motion);
  db.Run("UPDATE t SET n = 7 WHERE id = 2");
  EXPECT_EQ(db.Ask(kRows), "1|1|1|1 2|7|7|2 3|NULL|NULL|1");
  EXPECT_EQ(db.Wrong(motion), "");
}

TEST(MotionSql, FindsADifferenceThatACollationHides) {
  TestSession db(
      "CREATE TABLE t(id INTEGER PRIMARY KEY, o TEXT COLLATE NOCASE);"
      "INSERT INTO t(o) VALUES ('a')");
  const plan::ColumnMotion motion = db.Install();
  db.Fill(motion);
  db.Execute({{"UPDATE t SET n = 'A'", {}}}, db::Purpose::kBackfill);
  EXPECT_EQ(db.Wrong(motion), "1");
}

}  // namespace
}  // namespace segue::sqlite
