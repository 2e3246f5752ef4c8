// A table and its copy: filled chunk by chunk, followed by triggers, checked
// both ways.
#include "tests/conformance/table_motion_fixture.h"

namespace segue::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// How rows are told apart.
struct KeyKind {
  std::string declared;
  std::string columns;
  std::function<std::string(int)> values;
};

KeyKind IntegerKey() {
  return {"id integer PRIMARY KEY, o text", "id",
          [](int i) { return std::to_string(i * 7 - 30); }};
}
KeyKind CompositeKey() {
  return {"a integer NOT NULL, b text NOT NULL, o text, PRIMARY KEY (b, a)",
          "a, b", [](int i) {
            return std::to_string(9 - i) + ", 'k" + std::to_string(i / 4) + "'";
          }};
}
KeyKind TextKey() {
  return {"id text NOT NULL PRIMARY KEY, o text", "id",
          [](int i) { return "'it''s " + std::to_string(i) + "'"; }};
}

class CopyKeysTest : public TableMotionTest {
 protected:
  std::string Where(int i) {
    return " WHERE (" + key_.columns + ") = (" + key_.values(i) + ")";
  }
  std::string Insert(int i, const std::string& value) {
    return "INTO t(" + key_.columns + ", o) VALUES (" + key_.values(i) + ", '" +
           value + "')";
  }
  std::string Move(int from, int to) {
    return "UPDATE t SET (" + key_.columns + ") = (SELECT " + key_.values(to) +
           ")" + Where(from);
  }

  // One of every kind, to rows of ten.
  void Write(int base) {
    SCOPED_TRACE(base);
    db().Exec("INSERT " + Insert(base + 1000, "new"));
    db().Exec("UPDATE t SET o = 'changed'" + Where(base));
    db().Exec(Move(base + 1, base + 2000));
    db().Exec("DELETE FROM t" + Where(base + 2));
    db().Exec("BEGIN; DELETE FROM t" + Where(base + 3) + "; INSERT " +
              Insert(base + 3, "again") + "; COMMIT");
    db().Exec("INSERT " + Insert(base + 4, "up") + " ON CONFLICT (" +
              key_.columns + ") DO UPDATE SET o = 'upserted'");
    if (traits().replaces) db().Exec("REPLACE " + Insert(base + 5, "replaced"));
    db().Exec("DELETE FROM t" + Where(base + 6) + "; " +
              Move(base + 7, base + 6));
    db().Exec("BEGIN; UPDATE t SET o = 'lost'; DELETE FROM t; ROLLBACK");
  }

  void FollowsAndFills(const KeyKind& key) {
    key_ = key;
    Install("CREATE TABLE t(" + key.declared + "); CREATE TABLE c(" +
            key.declared + ")");
    bed().Remove();  // rows that are older than the triggers
    for (int i = 0; i < 50; ++i) db().Exec("INSERT " + Insert(i, "old"));
    bed().Install();
    EXPECT_EQ(bed().CountLeft(), 50);
    Write(0);
    EXPECT_TRUE(bed().FillChunk(3));
    Write(10);
    EXPECT_TRUE(bed().FillChunk(3));
    Write(20);
    EXPECT_TRUE(bed().FillChunk(3));
    Write(30);
    bed().Fill();
    ExpectInStep();
    Write(40);
    ExpectInStep();
  }

 private:
  KeyKind key_;
};

TEST_P(CopyKeysTest, ByAnInteger) { FollowsAndFills(IntegerKey()); }
TEST_P(CopyKeysTest, ByACompositeKey) { FollowsAndFills(CompositeKey()); }
TEST_P(CopyKeysTest, ByText) { FollowsAndFills(TextKey()); }

SEGUE_INSTANTIATE(CopyKeysTest);

TEST_P(TableMotionTest, TheCopyHasAnotherShape) {
  Install(
      "CREATE TABLE t(id integer PRIMARY KEY, o text, n integer);"
      "CREATE TABLE c(n text, id bigint PRIMARY KEY, lower text);"
      "INSERT INTO t VALUES (1, 'A', 7)",
      {{"n", "'no. ' || n"}, {"lower", "lower(o) -- small"}})
      .Fill();
  db().Exec(
      "INSERT INTO t VALUES (2, 'B', 8); UPDATE t SET o = 'X', n = 9 "
      "WHERE id = 1");
  EXPECT_EQ(Copy(), "no. 8|2|b\nno. 9|1|x\n");
  EXPECT_THAT(bed().Verify(), IsEmpty());
}

// Values of another unique key go from row to row with the keys.
TEST_P(TableMotionTest, AllKeysMoveOn) {
  Install(
      "CREATE TABLE t(id integer PRIMARY KEY, o text);"
      "CREATE TABLE c(id integer PRIMARY KEY, o text UNIQUE);"
      "INSERT INTO t VALUES " +
      Text("rows in the order of keys"));
  const std::string& next = Text("next key");
  db().Exec("UPDATE t SET id = " + next);
  ExpectInStep();
  bed().Fill();
  db().Exec("UPDATE t SET id = " + next);
  ExpectInStep();
}

TEST_P(TableMotionTest, AUserTriggerWritesTheRowAgain) {
  const std::string body =
      "UPDATE t SET o = upper(o) WHERE id = NEW.id AND o <> upper(o);"
      "DELETE FROM t WHERE id = NEW.id AND o = 'GONE';";
  Install(kTables + db().TriggerSql("again", "AFTER INSERT ON t", body)).Fill();
  db().Exec("INSERT INTO t VALUES (4, 'd'), (5, 'gone')");
  EXPECT_EQ(Copy(), "1|a\n2|b\n3|c\n4|D\n");
  ExpectInStep();
}

TEST_P(TableMotionTest, FillingTwiceChangesNothing) {
  Install(kTables).Fill();
  RunRange(bed().connection(), bed().sql().fill->statement, {},
           db::Purpose::kBackfill);
  ExpectInStep();
}

TEST_P(TableMotionTest, VerifyNamesMissingDifferentAndGhosts) {
  Install(kTables).Fill();
  db().Exec(
      "DELETE FROM c WHERE id = 1; UPDATE c SET o = NULL WHERE id = 2;"
      "INSERT INTO c VALUES (9, 'ghost')");
  EXPECT_EQ(bed().CountLeft(), 1);
  EXPECT_THAT(bed().Verify(), ElementsAre("(1, missing or different)",
                                          "(2, missing or different)",
                                          "(9, not in the source)"));
  const std::vector<WalkSql>& walks = bed().sql().verify;
  ASSERT_EQ(walks.size(), 2U);
  EXPECT_EQ(walks[0].table, "t");
  EXPECT_EQ(walks[1].table, "c");
  const Bounds above{db::Row{std::int64_t{1}}, {}};
  EXPECT_THAT(Keys(RunRange(bed().connection(), walks[0].statement, above,
                            db::Purpose::kRead)),
              ElementsAre("(2, missing or different)"));
}

TEST_P(TableMotionTest, VerifyListsAtMostAHundred) {
  Install(kTables);
  db().Exec(
      "WITH RECURSIVE s(i) AS (SELECT 10 UNION ALL SELECT i + 1 FROM s "
      "WHERE i < 250) INSERT INTO t SELECT i, 'x' FROM s");
  db().Exec("UPDATE c SET id = -id");
  EXPECT_EQ(bed().Verify().size(), 200U);
}

// By bytes: neither the collation nor the type's own equality counts.
TEST_P(TableMotionTest, VerifyComparesBytes) {
  const std::string shape = "(id integer PRIMARY KEY, o text COLLATE " +
                            Text("collation without case") + ", n " +
                            Text("type of spelled numbers") + ")";
  Install(Text("create that collation") + "CREATE TABLE t" + shape +
          "; CREATE TABLE c" + shape +
          "; INSERT INTO t VALUES (1, 'a', 1), (2, 'a', 1.0)")
      .Fill();
  EXPECT_THAT(bed().Verify(), IsEmpty());
  db().Exec("UPDATE c SET o = 'A' WHERE id = 1; UPDATE c SET n = " +
            Text("one spelled otherwise") + " WHERE id = 2");
  EXPECT_THAT(bed().Verify(), ElementsAre("(1, missing or different)",
                                          "(2, missing or different)"));
}

TEST_P(TableMotionTest, AKeyIsSpelledAsTheSourceSpellsIt) {
  const std::string shape = "(id text NOT NULL COLLATE " +
                            Text("collation without case") +
                            " PRIMARY KEY, o text)";
  Install(Text("create that collation") + "CREATE TABLE t" + shape +
          "; CREATE TABLE c" + shape +
          "; INSERT INTO t VALUES ('a', 'x'), ('b', 'y')")
      .Fill();
  db().Exec("UPDATE t SET id = 'A' WHERE id = 'a'");
  EXPECT_EQ(Copy(), "A|x\nb|y\n");
  ExpectInStep();
}

// It is the application's own error, on each way into the copy.
TEST_P(TableMotionTest, AnotherUniqueKeyOfTheCopyStillCounts) {
  Install(
      "CREATE TABLE t(id integer PRIMARY KEY, o text);"
      "CREATE TABLE c(id integer PRIMARY KEY, o text UNIQUE);"
      "INSERT INTO t VALUES (1, 'a'), (2, 'b')")
      .Fill();
  EXPECT_TRUE(db().app().Fails("INSERT INTO t VALUES (3, 'a')"));
  EXPECT_TRUE(db().app().Fails("UPDATE t SET o = 'a' WHERE id = 2"));
  EXPECT_TRUE(db().app().Fails("UPDATE t SET id = 5, o = 'a' WHERE id = 2"));
  EXPECT_TRUE(db().app().Fails(Text("insert (3, 'a') unless t has it")));
  ExpectInStep();
  bed().Remove();
  db().Exec("INSERT INTO t VALUES (3, 'a')");
  EXPECT_EQ(KindOf([&] {
              RunRange(bed().connection(), bed().sql().fill->statement, {},
                       db::Purpose::kBackfill);
            }),
            ErrorKind::kConstraint);
  const RangeSql& when_refused = bed().sql().fill->when_refused;
  if (when_refused.all.empty()) return;  // there is no second way into it
  EXPECT_EQ(KindOf([&] {
              RunRange(bed().connection(), when_refused, {},
                       db::Purpose::kBackfill);
            }),
            ErrorKind::kConstraint);
}

TEST_P(TableMotionTest, UndoLeavesTheCatalogueAsBefore) {
  db().Exec(kTables);
  const std::string before = db().Dump();
  CopyBed copy(db(), {{"o", "lower(o)"}});
  const std::string& ours = Text("count of triggers");
  const PlannedAction create = copy.Render(plan::CreateSync{"m1"});
  const PlannedAction drop = copy.Render(plan::DropSync{"m1"});
  EXPECT_FALSE(Probe(copy.connection(), create));
  EXPECT_TRUE(Probe(copy.connection(), drop));
  Forward(copy.connection(), create);
  EXPECT_TRUE(Probe(copy.connection(), create));
  EXPECT_FALSE(Probe(copy.connection(), drop));
  const std::string live = db().Dump();
  EXPECT_NE(live, before);
  Forward(copy.connection(), create);  // replaces what is there
  Forward(copy.connection(), drop);
  EXPECT_EQ(db().Dump(), before);
  EXPECT_EQ(*db().app().One(ours), "0");
  Undo(copy.connection(), drop);
  EXPECT_EQ(db().Dump(), live);
  Undo(copy.connection(), create);
  EXPECT_EQ(db().Dump(), before);
  EXPECT_EQ(*db().app().One(ours), "0");
}

TEST_P(TableMotionTest, HasNoOtherForms) {
  db().Exec(kTables);
  CopyBed copy(db());
  for (const plan::Action& action : std::initializer_list<plan::Action>{
           plan::CreateSync{"m1", plan::SyncForm::kSealed},
           plan::DropSync{"m1", plan::SyncForm::kStrict}, plan::Settle{"m1"},
           plan::Retreat{"m1"}}) {
    EXPECT_EQ(KindOf([&] { copy.Render(action); }), ErrorKind::kInternal);
  }
  EXPECT_THAT(copy.Render(plan::Backfill{{"m1"}}).description,
              HasSubstr("'t'"));
  EXPECT_EQ(copy.Render(plan::Verify{"m1"}).kind, ActionKind::kVerify);
}

SEGUE_INSTANTIATE(TableMotionTest);

class SqliteTableMotionTest : public TableMotionTest {};

// Each of them deletes or skips rows without a trigger hearing of it.
TEST_P(SqliteTableMotionTest, ReplaceOfTheKeyIsFollowed) {
  Install(kTables).Fill();
  for (const char* recursive : {"OFF", "ON"}) {
    db().Exec(std::string("PRAGMA recursive_triggers = ") + recursive);
    db().Exec("REPLACE INTO t VALUES (1, 'r'), (4, 'n')");
    db().Exec("UPDATE OR REPLACE t SET id = 2 WHERE id = 3");
    ExpectInStep();
    db().Exec("INSERT OR IGNORE INTO t VALUES (1, 'no'), (3, 'c')");
    ExpectInStep();
  }
}

TEST_P(SqliteTableMotionTest, RefusesAnotherUniqueKeyByName) {
  db().Exec(std::string(kTables) + "CREATE UNIQUE INDEX t_o ON t(o)");
  CopyBed copy(db());
  try {
    copy.Install();
    ADD_FAILURE() << "it was not refused";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kRefused);
    EXPECT_THAT(error.what(), HasSubstr("'t_o'"));
  }
}

TEST_P(SqliteTableMotionTest, RefusesWhatIsVolatile) {
  db().Exec(kTables);
  CopyBed copy(db(), {{"o", "random()"}});
  copy.motion().columns[1].value.is_volatile = true;
  EXPECT_EQ(KindOf([&] { copy.Install(); }), ErrorKind::kRefused);
}

SEGUE_INSTANTIATE_ON(SqliteTableMotionTest, SqliteTestbed());

}  // namespace
}  // namespace segue::test
