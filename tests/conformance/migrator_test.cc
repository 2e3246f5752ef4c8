// The main path as a library caller sees it, on every database.
#include "segue/migrator.h"

#include <gmock/gmock.h>

#include <thread>

#include "segue/cancel.h"
#include "segue/error.h"
#include "segue/versions.h"
#include "tests/conformance/migrator_fixture.h"

namespace segue::test {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

Migration RenameName() {
  Migration migration("MIG-002", "Rename name");
  migration.RenameColumn("users", "name", "full_name");
  return migration;
}

std::vector<std::string> Lines(const std::vector<HistoryEntry>& history) {
  std::vector<std::string> lines;
  lines.reserve(history.size());
  for (const HistoryEntry& entry : history) {
    lines.push_back("[" + std::string(ToString(entry.kind)) + "] " +
                    entry.message);
  }
  return lines;
}

class MigratorTest : public UsersTest {
 protected:
  void SetUp() override {
    DialectTest::SetUp();
    if (IsSkipped()) return;
    CreateUsers("", "(1, 'alice'), (2, 'bob')");
  }
};

TEST_P(MigratorTest, PlainAddColumnEndsComplete) {
  Database database = db().Open();
  Migration migration("MIG-001", "Add display_name");
  migration.AddColumn("users", {"display_name", "TEXT", true, "''"});
  const Outcome outcome = Migrator(database, {}).Start(migration);
  EXPECT_TRUE(outcome.status.is_complete());
  EXPECT_EQ(outcome.status.progress_pct, 100);
  EXPECT_THAT(
      Lines(outcome.history),
      ElementsAre("[EXPANDING] Add column 'display_name' (nullable) to 'users'",
                  "[MIGRATING] Backfill 'display_name' from 'default'",
                  "[COMPLETE] Migration finished successfully"));
  db().Exec("INSERT INTO users(id, name) VALUES (3, 'carol')");
  EXPECT_EQ(database.Query("SELECT display_name FROM users ORDER BY id"),
            (std::vector<std::vector<std::string>>{{""}, {""}, {""}}));
}

TEST_P(MigratorTest, RenameKeepsBothAndCompletes) {
  Database database = db().Open();
  Migrator migrator(database, {});
  const Outcome ready = migrator.Start(RenameName());
  EXPECT_EQ(ready.status.sub_state, SubState::kReady);
  db().Exec("UPDATE users SET name = 'ALICE' WHERE id = 1");
  db().Exec("UPDATE users SET full_name = 'BOB' WHERE id = 2");
  EXPECT_EQ(database.Query("SELECT name, full_name FROM users ORDER BY id"),
            (std::vector<std::vector<std::string>>{{"ALICE", "ALICE"},
                                                   {"BOB", "BOB"}}));
  EXPECT_TRUE(migrator.Verify().clean());
  EXPECT_TRUE(migrator.Complete().status.is_complete());
  EXPECT_THAT(database.ColumnNames("users"), ElementsAre("id", "full_name"));
  EXPECT_EQ(migrator.Start(RenameName()).notes.size(), 1U);
}

TEST_P(MigratorTest, RollbackGivesTheCatalogueBack) {
  Database database = db().Open();
  Migrator migrator(database, {});
  migrator.Start(RenameName());
  const Outcome outcome = migrator.Rollback();
  EXPECT_EQ(outcome.status.phase, Phase::kRolledBack);
  EXPECT_EQ(outcome.status.progress_pct, 0);
  EXPECT_THAT(Lines(outcome.history),
              Contains("[ROLLBACK] Rolled back: "
                       "Add column 'full_name' (nullable) to 'users'"));
  EXPECT_EQ(db().Dump(), before_);
  EXPECT_EQ(KindOf([&] { migrator.Rollback(); }), ErrorKind::kNotFound);
  // And it can be started again.
  EXPECT_EQ(migrator.Start(RenameName()).status.sub_state, SubState::kReady);
}

TEST_P(MigratorTest, DryRunsChangeNothing) {
  Database database = db().Open();
  Migrator migrator(database, {});
  const Outcome start = migrator.Start(RenameName(), {true, false, false});
  EXPECT_THAT(Lines(start.history),
              Contains(HasSubstr("(dry run) Backfill 'full_name'")));
  EXPECT_EQ(db().Dump(), before_);
  EXPECT_FALSE(migrator.Status().has_value());

  migrator.Start(RenameName());
  const std::string live = db().Dump();
  migrator.Complete(true);
  migrator.Rollback(true);
  EXPECT_EQ(db().Dump(), live);
  EXPECT_EQ(migrator.Status()->sub_state, SubState::kReady);
}

TEST_P(MigratorTest, OneMigrationAtATime) {
  Database database = db().Open();
  Migrator migrator(database, {});
  migrator.Start(RenameName());
  Migration other("MIG-003", "Another");
  other.AddColumn("users", {"x"});
  EXPECT_EQ(KindOf([&] { migrator.Start(other); }), ErrorKind::kRefused);
  EXPECT_THAT(message_, HasSubstr("'MIG-002' is active"));
  Migration changed = RenameName();
  changed.checksum = "another";
  EXPECT_EQ(KindOf([&] { migrator.Start(changed); }), ErrorKind::kRefused);
}

TEST_P(MigratorTest, DamagedRowStopsTheContract) {
  Database database = db().Open();
  Migrator migrator(database, {});
  migrator.Start(RenameName());
  auto connection = database.NewConnection("damage");
  // As the backfill would write, so that no trigger repairs it.
  db::Transaction transaction(*connection, {db::Purpose::kBackfill, {}});
  connection->Execute("UPDATE users SET full_name = 'damaged' WHERE id = 2");
  transaction.Commit();
  EXPECT_THAT(migrator.Verify().mismatches, ElementsAre(HasSubstr("id=2")));
  EXPECT_EQ(KindOf([&] { migrator.Complete(); }), ErrorKind::kMismatch);
  EXPECT_EQ(migrator.Status()->sub_state, SubState::kReady);
}

TEST_P(MigratorTest, FailedContractIsUnsealed) {
  Database database = db().Open();
  Migrator migrator(database, {});
  migrator.Start(RenameName());
  const std::string live = db().Dump();
  // A view that needs the column which the contract drops.
  db().Exec("CREATE VIEW late AS SELECT full_name FROM users");
  EXPECT_NE(KindOf([&] { migrator.Complete(); }), ErrorKind::kInternal);
  EXPECT_EQ(migrator.Status()->phase, Phase::kMigrating);
  EXPECT_EQ(migrator.Status()->sub_state, SubState::kReady);
  db().Exec("DROP VIEW late");
  EXPECT_EQ(db().Dump(), live);
  db().Exec("UPDATE users SET name = 'still' WHERE id = 1");
  EXPECT_TRUE(migrator.Verify().clean());
  EXPECT_TRUE(migrator.Complete().status.is_complete());
}

TEST_P(MigratorTest, AStoppedRunGoesOn) {
  Database database = db().Open();
  CancelToken token;
  MigratorOptions options;
  options.cancel = &token;
  options.listeners.Add([&](const Progress& progress) {
    if (progress.event == Progress::Event::kStepDone) token.Request();
  });
  Migrator stopped(database, options);
  EXPECT_EQ(KindOf([&] { stopped.Start(RenameName()); }),
            ErrorKind::kCancelled);
  Migrator next(database, {});
  EXPECT_TRUE(next.Status()->is_active());
  EXPECT_EQ(next.Resume().status.sub_state, SubState::kReady);
  EXPECT_TRUE(next.Verify().clean());
}

TEST_P(MigratorTest, PauseAndCancelComeThroughTheLedger) {
  Database database = db().Open();
  Database watching = db().Open();
  Migrator watcher(watching, {});
  MigratorOptions options;
  bool paused = false;
  options.listeners.Add([&](const Progress& progress) {
    if (progress.event == Progress::Event::kStepStarted &&
        progress.phase == Phase::kMigrating) {
      watcher.RequestPause();
    }
    if (progress.event == Progress::Event::kPaused) {
      paused = true;
      watcher.RequestCancel();
    }
  });
  Migrator migrator(database, options);
  EXPECT_EQ(KindOf([&] { migrator.Start(RenameName()); }),
            ErrorKind::kCancelled);
  EXPECT_TRUE(paused);
  EXPECT_EQ(watcher.Status()->phase, Phase::kRolledBack);
  EXPECT_EQ(db().Dump(), before_);
}

TEST_P(MigratorTest, ASecondRunnerIsTurnedAway) {
  Database database = db().Open();
  Database second = db().Open();
  ErrorKind kind = ErrorKind::kInternal;
  MigratorOptions options;
  options.listeners.Add([&](const Progress& progress) {
    if (progress.event != Progress::Event::kStepStarted) return;
    kind = KindOf([&] { Migrator(second, {}).Start(RenameName()); });
  });
  Migrator(database, options).Start(RenameName());
  EXPECT_EQ(kind, ErrorKind::kConflict);
  EXPECT_THAT(message_, HasSubstr("another runner is at work"));
}

TEST_P(MigratorTest, ASchemaThatIsNotThereIsNotAnEmptyOne) {
  if (!can().has_schemas) GTEST_SKIP() << GetParam().name << " has one schema";
  Database database = Database::Open({db().Url(), "publik", ""});
  Migrator migrator(database, {});
  EXPECT_EQ(KindOf([&] { migrator.Status(); }), ErrorKind::kNotFound);
  EXPECT_THAT(message_, HasSubstr("schema 'publik' does not exist"));
  EXPECT_EQ(KindOf([&] { migrator.History(); }), ErrorKind::kNotFound);
  EXPECT_EQ(KindOf([&] { Versions(database, {}).List(); }),
            ErrorKind::kNotFound);
}

SEGUE_INSTANTIATE(MigratorTest);

class LateTriggerTest : public MigratorTest {
 protected:
  // What no statement says: a trigger writes 'name'.
  void CreateTrigger() {
    db().Exec(
        "CREATE FUNCTION shout() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN NEW.name := upper(NEW.name); RETURN NEW; END $$;"
        "CREATE TRIGGER shout BEFORE UPDATE ON users FOR EACH ROW EXECUTE "
        "FUNCTION shout()");
  }
  static Migration AddReversed() {
    Migration migration("MIG-003", "Add reversed");
    migration.AddColumn("users", {"reversed", "TEXT"}, "reverse(name)");
    return migration;
  }
  std::string ReversedAfterAnotherWrite() {
    db().Exec("UPDATE users SET id = 7 WHERE id = 1");
    return *db().app().One("SELECT reversed FROM users WHERE id = 7");
  }
};

TEST_P(LateTriggerTest, IsFollowedWhenItWasThere) {
  CreateTrigger();
  Database database = db().Open();
  Migrator migrator(database, {});
  migrator.Start(AddReversed());
  EXPECT_EQ(ReversedAfterAnotherWrite(), "ECILA");
  EXPECT_TRUE(migrator.Complete().status.is_complete());
}

TEST_P(LateTriggerTest, IsFoundBeforeTheContractWhenItCameLater) {
  Database database = db().Open();
  Migrator migrator(database, {});
  migrator.Start(AddReversed());
  CreateTrigger();
  EXPECT_EQ(ReversedAfterAnotherWrite(), "ecila");
  EXPECT_EQ(KindOf([&] { migrator.Complete(); }), ErrorKind::kMismatch);
  EXPECT_THAT(message_, HasSubstr("users: id=7"));
}

SEGUE_INSTANTIATE_ON(LateTriggerTest, PostgresTestbed());

}  // namespace
}  // namespace segue::test
