// One existing column takes the place of another: what an application has
// written to either is never lost, not by a rollback either.
#include <gmock/gmock.h>

#include "segue/error.h"
#include "segue/migrator.h"
#include "tests/conformance/sync_fixture.h"

namespace segue::test {
namespace {

MotionSpec Existing() {
  MotionSpec spec;
  spec.new_was_there = true;
  return spec;
}

constexpr char kBothColumns[] =
    "CREATE TABLE t(id integer PRIMARY KEY, o text, other integer, n text);"
    "INSERT INTO t VALUES (1, 'A', 0, NULL), (2, 'B', 0, 'given'),"
    "                     (3, NULL, 0, 'alone'), (4, NULL, 0, NULL)";

class ReplacedTest : public SyncTest {};

TEST_P(ReplacedTest, TheFillKeepsWhatWasGiven) {
  Install(kBothColumns, Existing()).Fill();
  EXPECT_EQ(AllRows(), "1|A|A|1\n2|B|given|3\n3|NULL|alone|3\n4|NULL|NULL|1\n");
  EXPECT_EQ(bed().VerifyKeys(), std::vector<std::string>());
}

// As if the row had been filled just before the write.
TEST_P(ReplacedTest, AnUnfilledRowThatAClientTouches) {
  Install(kBothColumns, Existing());
  db().Exec("UPDATE t SET other = 1");
  EXPECT_EQ(AllRows(), "1|A|A|1\n2|B|given|3\n3|NULL|alone|3\n4|NULL|NULL|1\n");
}

TEST_P(ReplacedTest, AnUnfilledRowThatAClientChanges) {
  Install(kBothColumns, Existing());
  db().Exec("UPDATE t SET o = 'old' WHERE id = 2");
  EXPECT_EQ(Row(2), "old|old|1\n");
  db().Exec("UPDATE t SET n = 'new' WHERE id = 3");
  EXPECT_EQ(Row(3), "new|new|2\n");
  db().Exec("UPDATE t SET o = 'x', n = 'y' WHERE id = 4");
  EXPECT_EQ(Row(4), "x|y|3\n");
  bed().Fill();
  EXPECT_EQ(AllRows(), "1|A|A|1\n2|old|old|1\n3|new|new|2\n4|x|y|3\n");
}

TEST_P(ReplacedTest, AKeyThatMovesBehindTheCursorIsNotLost) {
  Install(kBothColumns, Existing());
  db().Exec("UPDATE t SET id = id - 10");
  EXPECT_EQ(bed().CountLeft(), 0);
  EXPECT_EQ(Row(-8), "B|given|3\n");
}

SEGUE_INSTANTIATE(ReplacedTest);

class ReplaceMigrationTest : public DialectTest {
 protected:
  void SetUp() override {
    DialectTest::SetUp();
    if (IsSkipped()) return;
    db().Exec(
        "CREATE TABLE users(id integer PRIMARY KEY, name text NOT NULL,"
        " full_name text);"
        "INSERT INTO users VALUES (1, 'ada', NULL), (2, 'bob', 'Bob B.')");
    before_ = db().Dump();
  }
  static Migration Replace() {
    return Migration("m", "").ReplaceColumn("users", "name", "full_name");
  }
  std::string Users() {
    return ToLines(
        db().Query("SELECT id, name, full_name FROM users ORDER BY id"));
  }
  std::string before_;
};

TEST_P(ReplaceMigrationTest, ContractsToTheNewColumn) {
  Database database = db().Open();
  Migrator migrator(database, {});
  EXPECT_EQ(migrator.Start(Replace()).status.sub_state, SubState::kReady);
  db().Exec("INSERT INTO users(id, name) VALUES (3, 'old')");
  db().Exec("INSERT INTO users(id, full_name) VALUES (4, 'new')");
  EXPECT_EQ(Users(), "1|ada|ada\n2|bob|Bob B.\n3|old|old\n4|new|new\n");
  EXPECT_TRUE(migrator.Complete().status.is_complete());
  EXPECT_EQ(ToLines(db().Query("SELECT * FROM users ORDER BY id")),
            "1|ada\n2|Bob B.\n3|old\n4|new\n");
  EXPECT_TRUE(db().app().Fails("INSERT INTO users VALUES (5, NULL)"));
}

TEST_P(ReplaceMigrationTest, RollbackTakesOnlyItsOwnCopiesBack) {
  Database database = db().Open();
  Migrator migrator(database, {});
  migrator.Start(Replace());
  db().Exec("INSERT INTO users(id, full_name) VALUES (3, 'new')");
  db().Exec("UPDATE users SET name = 'x', full_name = 'y' WHERE id = 1");
  migrator.Rollback();
  EXPECT_EQ(Users(), "1|x|y\n2|bob|Bob B.\n3|new|NULL\n");
  EXPECT_EQ(db().Dump(), before_);
}

// A copy left behind would win over a later write of the old version.
TEST_P(ReplaceMigrationTest, AWriteBetweenRollbackAndTheNextStartCounts) {
  Database database = db().Open();
  Migrator migrator(database, {});
  migrator.Start(Replace());
  migrator.Rollback();
  db().Exec("UPDATE users SET name = 'Ada L.' WHERE id = 1");
  migrator.Start(Replace());
  migrator.Complete();
  EXPECT_EQ(ToLines(db().Query("SELECT * FROM users ORDER BY id")),
            "1|Ada L.\n2|Bob B.\n");
}

SEGUE_INSTANTIATE(ReplaceMigrationTest);

// While the copies are taken back, clients go on writing: no copy comes anew.
class RetreatTest : public SyncTest {};

TEST_P(RetreatTest, TheTriggersOfARollbackMakeNoCopies) {
  Install(kBothColumns, Existing()).Fill();
  PlannedAction retreat =
      RenderNow(db(), bed().connection(), plan::Retreat{bed().motion().name},
                bed().motions());
  Undo(bed().connection(), retreat);
  db().Exec("UPDATE t SET o = 'old' WHERE id = 1");
  db().Exec("UPDATE t SET n = 'new' WHERE id = 2");
  db().Exec("UPDATE t SET o = 'x', n = 'y' WHERE id = 3");
  db().Exec("UPDATE t SET other = 1 WHERE id = 4");
  db().Exec(
      "INSERT INTO t(id, o, n) VALUES (5, 'o', NULL), (6, NULL, 'n'),"
      " (7, 'o', 'n')");
  const std::string settled =
      "1|old|NULL|0\n2|new|NULL|0\n3|x|y|3\n4|NULL|NULL|1\n"
      "5|o|NULL|0\n6|n|NULL|0\n7|o|n|3\n";
  EXPECT_EQ(AllRows(), settled);
  RunRange(bed().connection(), bed().sql().retreat->statement, {},
           db::Purpose::kBackfill);
  EXPECT_EQ(Row(4), "NULL|NULL|0\n");
  bed().Remove();
  EXPECT_EQ(ToLines(db().Query("SELECT id, o, n FROM t ORDER BY id")),
            "1|old|NULL\n2|new|NULL\n3|x|y\n4|NULL|NULL\n5|o|NULL\n"
            "6|n|NULL\n7|o|n\n");
}

SEGUE_INSTANTIATE_ON(RetreatTest, PostgresTestbed());

}  // namespace
}  // namespace segue::test
