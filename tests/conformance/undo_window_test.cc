// A contract that is sealed for a while: undo, drop, the time between them, and
// the next migration.
#include <gmock/gmock.h>

#include <thread>

#include "segue/gate.h"
#include "segue/instances.h"
#include "tests/conformance/undo_fixture.h"

namespace segue::test {
namespace {

using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr const char* kAdd =
    "operations: [{add_column: {table: users, column: {name: age, type: "
    "integer, nullable: true}}}]";

TEST_P(UndoWindowTest, CompleteStaysSealedAndSaysForHowLong) {
  Start();
  const MigrationStatus status = Seal();
  EXPECT_EQ(status.undo_window_seconds, 3600);
  EXPECT_GT(status.undo_left_seconds, 3500);
  EXPECT_LE(status.undo_left_seconds, 3600);
  EXPECT_FALSE(status.sealed_at.empty());
  // The old name is out of reach, and its data follow.
  db().Exec("UPDATE users SET full_name = 'Ada L' WHERE id = 1");
  EXPECT_TRUE(db().app().Fails("SELECT name FROM users"));
}

TEST_P(UndoWindowTest, UndoBringsTheOldShapeBackAndLosesNoWrite) {
  StartAndSeal();
  db().Exec("UPDATE users SET full_name = 'Ada L' WHERE id = 1");
  db().Exec("INSERT INTO users (id, full_name) VALUES (3, 'Cy')");
  db().Exec("DELETE FROM users WHERE id = 2");
  const Outcome outcome = Window().Undo();
  EXPECT_TRUE(outcome.acted);
  EXPECT_THAT(outcome.notes, IsEmpty());
  EXPECT_EQ(PhaseNow(), "MIGRATING ready");
  EXPECT_EQ(Names("name"), "Ada L\nCy\n");
  EXPECT_EQ(Names("full_name"), "Ada L\nCy\n");
  db().Exec("UPDATE users SET name = 'Ada' WHERE id = 1");
  db().Exec("UPDATE users SET full_name = 'Cyd' WHERE id = 3");
  EXPECT_EQ(Names("full_name"), "Ada\nCyd\n");
  EXPECT_EQ(Names("name"), "Ada\nCyd\n");
  EXPECT_TRUE(MigratorNow().Verify().clean());
}

TEST_P(UndoWindowTest, SealUndoSealUndoRollbackGivesTheSchemaBack) {
  StartAndSeal();
  Window().Undo();
  Seal();
  Window().Undo();
  MigratorNow().Rollback();
  EXPECT_EQ(db().Dump(), before_);
}

TEST_P(UndoWindowTest, ARollbackUndoesTheSealFirst) {
  StartAndSeal();
  EXPECT_EQ(MigratorNow().Rollback().status.phase, Phase::kRolledBack);
  EXPECT_EQ(db().Dump(), before_);
}

TEST_P(UndoWindowTest, UndoOfWhatIsNotSealedDoesNothing) {
  EXPECT_EQ(KindOf([&] { Window().Undo(); }), ErrorKind::kNotFound);
  Start();
  const Outcome outcome = Window().Undo();
  EXPECT_FALSE(outcome.acted);
  EXPECT_THAT(outcome.notes, ElementsAre("migration '01_t' is not sealed: both "
                                         "versions are live"));
  Seal();
  Window().Drop();
  EXPECT_EQ(KindOf([&] { Window().Undo(); }), ErrorKind::kNotFound);
  EXPECT_EQ(KindOf([&] { Window().Undo("01_t"); }), ErrorKind::kRefused);
  EXPECT_THAT(message_, HasSubstr("migration '01_t' is already complete"));
}

TEST_P(UndoWindowTest, CompleteAgainWaitsUntilTheTimeIsOver) {
  options_.undo_window = seconds(1);
  Start();
  EXPECT_TRUE(MigratorNow().Complete().acted);
  const Outcome again = MigratorNow().Complete();
  if (again.status.is_active()) {
    EXPECT_FALSE(again.acted);
    std::this_thread::sleep_for(std::chrono::milliseconds(1'100));
    EXPECT_TRUE(MigratorNow().Complete().status.is_complete());
  }
  EXPECT_EQ(Names("full_name"), "Ada\nBo\n");
}

TEST_P(UndoWindowTest, DropDoesNotWait) {
  StartAndSeal();
  const Outcome outcome = Window().Drop();
  EXPECT_TRUE(outcome.status.is_complete());
  EXPECT_EQ(outcome.status.undo_left_seconds, -1);
}

TEST_P(UndoWindowTest, DropSealsFirstWhatIsNotSealed) {
  Start();
  EXPECT_TRUE(Window().Drop("01_t").status.is_complete());
}

TEST_P(UndoWindowTest, TheDropAsksTheGateAgain) {
  StartAndSeal();
  Instances(*database_).Register("app-1", "base");
  EXPECT_EQ(KindOf([&] { Window().Drop(); }), ErrorKind::kRefused);
  EXPECT_THAT(message_, HasSubstr("instances run another version than 01_t"));
  EXPECT_THAT(hint_, HasSubstr("--drop --force --reason TEXT"));
  EXPECT_EQ(PhaseNow(), "CONTRACTING sealed");
  const GateReport report = AskGate(*database_, options_);
  ASSERT_NE(report.refusing(), nullptr);
  EXPECT_EQ(report.refusing()->name, "instances");
  EXPECT_TRUE(Window().Drop("", "it is switched off").status.is_complete());
}

TEST_P(UndoWindowTest, TheNextMigrationIsRefusedUntilTheTimeIsOver) {
  StartAndSeal();
  EXPECT_EQ(KindOf([&] { Start(kAdd, "02_t.yaml"); }), ErrorKind::kRefused);
  EXPECT_THAT(message_, HasSubstr("migration '01_t' is sealed and can be "
                                  "undone ("));
  EXPECT_EQ(hint_,
            "'segue complete 01_t --drop' drops the old shape now; 'segue undo "
            "01_t' makes both versions live again");
  EXPECT_EQ(PhaseNow(), "CONTRACTING sealed");
}

TEST_P(UndoWindowTest, TheNextMigrationDropsWhatIsOver) {
  SealForASecond();
  const Outcome outcome =
      MigratorNow().Start(manifest::Parse(kAdd, "02_t.yaml"));
  EXPECT_EQ(outcome.status.id, "02_t");
  EXPECT_THAT(outcome.notes,
              ::testing::Contains("migration '01_t' is complete: the time to "
                                  "undo it was over"));
  EXPECT_EQ(Names("age"), "NULL\nNULL\n");
}

TEST_P(UndoWindowTest, MigrateKeepsTheWindowOfTheLastPlanOnly) {
  MigrateOptions all;
  all.complete = true;
  const std::vector<Migration> files = {
      manifest::Parse(kRename, "01_t.yaml"),
      manifest::Parse("operations: [{rename_column: {table: users, from: "
                      "full_name, to: whole_name}}]",
                      "02_t.yaml")};
  const MigrateOutcome outcome = MigratorNow().Migrate(files, all);
  const MigrationStatus status = outcome.runs.back().status;
  EXPECT_EQ(status.id, "02_t");
  EXPECT_EQ(status.sub_state, SubState::kSealed);
  EXPECT_EQ(Names("whole_name"), "Ada\nBo\n");
  Window().Undo();
  EXPECT_EQ(PhaseNow(), "MIGRATING ready");
}

TEST_P(UndoWindowTest, TheWatchEndsWithTheTime) {
  options_.undo_window = seconds(1);
  StartAndSeal();
  WatchOptions options;
  options.look_every = std::chrono::milliseconds(100);
  const WatchReport report = Window().Watch("", options);
  EXPECT_EQ(report.end, WindowEnd::kOver);
  EXPECT_EQ(PhaseNow(), "CONTRACTING sealed");
}

TEST_P(UndoWindowTest, TheWatchNoticesThatSomebodyElseHasUndone) {
  StartAndSeal();
  WatchOptions options;
  options.look_every = std::chrono::milliseconds(100);
  int looks = 0;
  options.tell = [&](double left) {
    EXPECT_GT(left, 3500);
    if (++looks > 1) return;
    Database other = db().Open();
    UndoWindow(other, options_).Undo();
  };
  EXPECT_EQ(Window().Watch("01_t", options).end, WindowEnd::kElsewhere);
}

SEGUE_INSTANTIATE(UndoWindowTest);

using ServerUndoWindowTest = UndoWindowTest;

// A session that keeps the table locked makes every look fail.
TEST_P(ServerUndoWindowTest, TheWatchUndoesWhenTheProbeFails) {
  StartAndSeal();
  const auto other = db().NewClient();
  other->Query("BEGIN; LOCK TABLE users");
  std::thread later([&] {
    std::this_thread::sleep_for(seconds(2));
    other->Query("ROLLBACK");
  });
  WatchOptions options;
  options.look_every = std::chrono::milliseconds(50);
  options.undo_on_errors = true;
  int looks = 0;
  options.tell = [&](double) { ++looks; };
  const WatchReport report = Window().Watch("", options);
  later.join();
  EXPECT_EQ(looks, 3);
  EXPECT_EQ(report.end, WindowEnd::kUndone);
  EXPECT_THAT(report.why, HasSubstr("probe of users failed: "));
  EXPECT_EQ(PhaseNow(), "MIGRATING ready");
}

// An undo waits for the writer behind the question and before the exchange.
TEST_P(ServerUndoWindowTest, RowsThatComeBeforeTheLockAreNotLost) {
  db().Exec(
      "CREATE TABLE t(id integer PRIMARY KEY, v integer NOT NULL CHECK (v > "
      "0)); INSERT INTO t VALUES (1, 1)");
  Start("operations: [{alter_column: {table: t, column: v, type: bigint}}]");
  Seal();
  const auto writer = db().NewClient();
  writer->Query("BEGIN; UPDATE t SET v = 5000000000 WHERE id = 1");
  std::thread later([&] {
    std::this_thread::sleep_for(seconds(1));
    writer->Query("COMMIT");
  });
  const ErrorKind kind = KindOf([&] { Window().Undo(); });
  later.join();
  EXPECT_EQ(kind, ErrorKind::kMismatch);
  EXPECT_THAT(message_, HasSubstr("t: id=1: 'down' failed"));
  EXPECT_EQ(PhaseNow(), "CONTRACTING sealed");
  EXPECT_EQ(db().app().One("SELECT v FROM t"), "5000000000");
  // The new version is refused nothing for the undo that failed.
  db().Exec(
      "INSERT INTO t (id, v) VALUES (2, 6000000000); UPDATE t SET v = id");
  EXPECT_THAT(Window().Undo().notes, IsEmpty());
  EXPECT_TRUE(db().app().Fails("UPDATE t SET v = 5000000000"));
  Seal();
  EXPECT_TRUE(Window().Drop().status.is_complete());
}

TEST_P(ServerUndoWindowTest, ALossyUndoKeepsTheReasonAndCanBeSealedAgain) {
  db().Exec(
      "CREATE TABLE t(id integer PRIMARY KEY, v integer NOT NULL UNIQUE); "
      "INSERT INTO t VALUES (1, 1), (2, 2)");
  Start(
      "operations: [{alter_column: {table: t, column: v, type: text, up: "
      "'v::text', down: 'v::integer'}}]");
  Seal();
  db().Exec("UPDATE t SET v = 'abc' WHERE id = 1");
  EXPECT_EQ(KindOf([&] { Window().Undo(); }), ErrorKind::kMismatch);
  EXPECT_TRUE(Window().Undo("", "nobody reads them").acted);
  std::string forced;
  for (const HistoryEntry& one : MigratorNow().History()) {
    if (one.kind == EventKind::kForced) forced += one.message;
  }
  EXPECT_THAT(forced, HasSubstr("nobody reads them (undone although"));
  Seal();
  EXPECT_TRUE(Window().Drop().status.is_complete());
  EXPECT_EQ(db().app().One("SELECT v FROM t WHERE id = 1"), "abc");
}

SEGUE_INSTANTIATE_ON(ServerUndoWindowTest, PostgresTestbed());

}  // namespace
}  // namespace segue::test
