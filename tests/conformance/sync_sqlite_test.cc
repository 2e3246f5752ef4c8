// The dual writes on SQLite: AFTER triggers, the busy row, conflict clauses.
#include <gmock/gmock.h>

#include "tests/conformance/sync_fixture.h"

namespace segue::test {
namespace {

class SqliteSyncTest : public SyncTest {
 protected:
  // The mark that keeps triggers quiet must never outlive a statement.
  void TearDown() override {
    if (IsSkipped()) return;
    EXPECT_EQ(*db().app().One("SELECT count(*) FROM segue_busy"), "0");
  }
  void Recursive(bool on) {
    db().Exec(std::string("PRAGMA recursive_triggers = ") + (on ? "1" : "0"));
  }
};

TEST_P(SqliteSyncTest, ReplacesRows) {
  for (bool recursive : {false, true}) {
    SCOPED_TRACE(recursive);
    Recursive(recursive);
    db().Exec("DROP TABLE IF EXISTS t");
    Install(kPlainTable, Lossy());
    bed().FillKeys({{}, db::Row{std::int64_t{1}}});
    for (int id : {1, 2, 3}) {  // filled, unfilled, not there
      const std::string key = std::to_string(id);
      db().Exec("INSERT OR REPLACE INTO t(id, o) VALUES (" + key + ", 'X')");
      EXPECT_EQ(Row(id), "X|x|1\n");
      db().Exec("REPLACE INTO t(id, n) VALUES (" + key + ", 'Y')");
      EXPECT_EQ(Row(id), "Y|Y|2\n");
      db().Exec("REPLACE INTO t(id, o, n) VALUES (" + key + ", 'a', 'b')");
      EXPECT_EQ(Row(id), "a|b|3\n");
    }
  }
}

TEST_P(SqliteSyncTest, ReplacesTheRowInTheWayOfAnUpdate) {
  Install(
      "CREATE TABLE t(id integer PRIMARY KEY, o text UNIQUE);"
      "INSERT INTO t VALUES (1, 'A'), (2, 'B')",
      Lossy())
      .Fill();
  db().Exec("UPDATE OR REPLACE t SET o = 'B' WHERE id = 1");
  EXPECT_EQ(AllRows(), "1|B|b|1\n");
  db().Exec("INSERT OR IGNORE INTO t(id, o) VALUES (3, 'B'), (4, 'C')");
  EXPECT_EQ(AllRows(), "1|B|b|1\n4|C|c|1\n");
}

// OR FAIL keeps what a statement did before it failed, and its clause outranks
// those of the statements inside a trigger: the busy row must go all the same.
TEST_P(SqliteSyncTest, StaysAwakeAfterAStatementThatFails) {
  Install(
      "CREATE TABLE t(id integer PRIMARY KEY, o text CHECK (o <> 'bad'));"
      "INSERT INTO t VALUES (1, 'A'), (2, 'B')",
      Lossy())
      .Fill();
  for (const char* clause :
       {"FAIL", "ABORT", "ROLLBACK", "IGNORE", "REPLACE"}) {
    SCOPED_TRACE(clause);
    const std::string sql =
        std::string("UPDATE OR ") + clause + " t SET n = 'bad' WHERE id = 1";
    if (!db().app().Fails(sql)) {
      // Taken although the old side cannot have it: then it must show.
      EXPECT_EQ(bed().VerifyKeys(), std::vector<std::string>());
    }
    db().Exec("UPDATE t SET o = 'W' WHERE id = 2");
    EXPECT_EQ(Row(2), "W|w|1\n");
    db().Exec(
        "UPDATE t SET o = 'A' WHERE id = 1; UPDATE t SET o = 'B' WHERE "
        "id = 2");
    EXPECT_EQ(AllRows(), "1|A|a|1\n2|B|b|1\n");
  }
}

TEST_P(SqliteSyncTest, StaysAwakeInATransactionThatGoesOn) {
  Install(
      "CREATE TABLE t(id integer PRIMARY KEY, o text CHECK (o <> 'bad'));"
      "INSERT INTO t VALUES (1, 'A'), (2, 'B')",
      Lossy())
      .Fill();
  db().Exec("BEGIN");
  EXPECT_TRUE(db().app().Fails("UPDATE t SET n = 'bad'"));
  EXPECT_TRUE(db().app().Fails("INSERT INTO t(id, n) VALUES (3, 'bad')"));
  db().Exec("UPDATE t SET o = 'W' WHERE id = 2; COMMIT");
  EXPECT_EQ(AllRows(), "1|A|a|1\n2|W|w|1\n");
}

TEST_P(SqliteSyncTest, WorksWithoutRowid) {
  MotionBed& motion = Install(
      "CREATE TABLE t(id text PRIMARY KEY, o text) WITHOUT ROWID;"
      "INSERT INTO t VALUES ('a', 'A'), ('b', 'B')",
      Lossy());
  db().Exec("UPDATE t SET id = 'z' WHERE id = 'a'");
  db().Exec("INSERT INTO t(id, n) VALUES ('c', 'N')");
  db().Exec("INSERT OR REPLACE INTO t(id, o) VALUES ('b', 'BB')");
  motion.Fill(1);
  EXPECT_EQ(AllRows(), "b|BB|bb|1\nc|N|N|2\nz|A|a|1\n");
  EXPECT_THAT(motion.VerifyKeys(), ::testing::IsEmpty());
}

TEST_P(SqliteSyncTest, FollowsARowThatMoves) {
  Install(
      "CREATE TABLE t(id text, o text);"
      "INSERT INTO t VALUES ('a', 'A'), ('b', 'B')",
      Lossy());
  db().Exec("UPDATE t SET rowid = 100 WHERE id = 'a'");
  db().Exec("UPDATE t SET rowid = 101, o = 'BB' WHERE id = 'b'");
  EXPECT_EQ(AllRows(), "a|A|a|1\nb|BB|bb|1\n");
  db().Exec("UPDATE t SET rowid = 200, n = 'N' WHERE id = 'a'");
  EXPECT_EQ(AllRows(), "a|N|N|2\nb|BB|bb|1\n");
}

TEST_P(SqliteSyncTest, ComparesBytesNotCollations) {
  Install(
      "CREATE TABLE t(id integer PRIMARY KEY, o text COLLATE NOCASE);"
      "INSERT INTO t VALUES (1, 'abc')",
      {})
      .Fill();
  db().Exec("UPDATE t SET o = 'ABC'");
  EXPECT_EQ(Row(1), "ABC|ABC|1\n");
  EXPECT_THAT(bed().VerifyKeys(), ::testing::IsEmpty());
}

TEST_P(SqliteSyncTest, TellsTypesApart) {
  Install(
      "CREATE TABLE t(id integer PRIMARY KEY, o);"
      "INSERT INTO t VALUES (1, 1)",
      {})
      .Fill();
  for (const char* value : {"'1'", "1.0", "x'31'", "1"}) {
    db().Exec(std::string("UPDATE t SET o = ") + value);
    EXPECT_EQ(*db().app().One("SELECT typeof(o) = typeof(n) AND o IS n FROM t"),
              "1")
        << value;
  }
  EXPECT_THAT(bed().VerifyKeys(), ::testing::IsEmpty());
}

TEST_P(SqliteSyncTest, LetsTheUsersTriggersWrite) {
  db().Exec(
      "CREATE TABLE t(id integer PRIMARY KEY, o text, other text);"
      "CREATE TRIGGER derive AFTER UPDATE OF other ON t BEGIN "
      "UPDATE t SET o = upper(NEW.other) WHERE id = NEW.id; END;"
      "CREATE TABLE log(what text);"
      "CREATE TRIGGER note AFTER INSERT ON log BEGIN "
      "UPDATE t SET o = NEW.what; END");
  for (bool recursive : {false, true}) {
    Recursive(recursive);
    db().Exec("DELETE FROM t; INSERT INTO t(id, other) VALUES (1, 'a')");
    if (!recursive) Install("SELECT 1", Lossy());
    db().Exec("UPDATE t SET other = 'b'");
    EXPECT_EQ(Row(1), "B|b|1\n");
    db().Exec("INSERT INTO log VALUES ('FromLog')");
    EXPECT_EQ(Row(1), "FromLog|fromlog|1\n");
  }
}

TEST_P(SqliteSyncTest, CascadesAreWrites) {
  Install(
      "CREATE TABLE p(code text PRIMARY KEY);"
      "INSERT INTO p VALUES ('A'), ('B');"
      "CREATE TABLE t(id integer PRIMARY KEY, o text REFERENCES p(code) "
      "ON UPDATE CASCADE ON DELETE SET NULL);"
      "INSERT INTO t VALUES (1, 'A'), (2, 'B')",
      Lossy())
      .Fill();
  db().Exec("UPDATE p SET code = 'AA' WHERE code = 'A'");
  EXPECT_EQ(Row(1), "AA|aa|1\n");
  db().Exec("DELETE FROM p WHERE code = 'B'");
  EXPECT_EQ(Row(2), "NULL|NULL|1\n");
}

TEST_P(SqliteSyncTest, RelaxesNotNullOnlyForTheDuration) {
  MotionBed& motion = Install(
      "CREATE TABLE t(id integer PRIMARY KEY, o text NOT NULL /* as it "
      "was */); INSERT INTO t VALUES (1, 'A')",
      Lossy());
  EXPECT_TRUE(db().app().Fails("INSERT INTO t(id) VALUES (2)"));
  EXPECT_TRUE(db().app().Fails("UPDATE t SET o = NULL"));
  EXPECT_TRUE(db().app().Fails("UPDATE t SET n = NULL WHERE n IS NOT NULL") ||
              *db().app().One("SELECT o IS NOT NULL FROM t") == "1");
  db().Exec("INSERT INTO t(id, n) VALUES (2, 'N')");
  EXPECT_EQ(Row(2), "N|N|2\n");
  motion.Remove();
  EXPECT_THAT(db().Dump(), ::testing::HasSubstr("NOT NULL /* as it was */"));
  EXPECT_TRUE(db().app().Fails("INSERT INTO t(id) VALUES (3)"));
}

TEST_P(SqliteSyncTest, OtherSessionsSeeTheRelaxedSchema) {
  db().Exec("CREATE TABLE t(id integer PRIMARY KEY, o text NOT NULL)");
  std::unique_ptr<Client> prepared = db().NewClient();
  prepared->Query("INSERT INTO t VALUES (1, 'A')");  // has the schema cached
  Install("SELECT 1", Lossy());
  EXPECT_NO_THROW(prepared->Query("INSERT INTO t(id, n) VALUES (2, 'N')"));
  EXPECT_EQ(Row(2), "N|N|2\n");
}

SEGUE_INSTANTIATE_ON(SqliteSyncTest, SqliteTestbed());

}  // namespace
}  // namespace segue::test
