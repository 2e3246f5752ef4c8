// What a migrator tells its listeners of its runs as a whole.
#include <gmock/gmock.h>

#include <stdexcept>

#include "segue/error.h"
#include "segue/migrator.h"
#include "tests/support/testbed.h"

namespace segue::test {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class RunEventsTest : public DialectTest {
 protected:
  void SetUp() override {
    DialectTest::SetUp();
    if (IsSkipped()) return;
    db().Exec("CREATE TABLE users(id integer PRIMARY KEY, name text NOT NULL)");
    db().Exec("INSERT INTO users VALUES (1, 'alice'), (2, 'bob')");
    database_.emplace(db().Open());
    MigratorOptions options;
    options.listeners.Add([this](const Progress& progress) {
      if (IsOfRun(progress.event)) told_.push_back(progress);
    });
    migrator_.emplace(*database_, options);
  }

  static Migration Rename() {
    Migration migration("01_rename", "Rename name");
    migration.RenameColumn("users", "name", "full_name");
    return migration;
  }
  // "started EXPANDING", since the last call.
  std::vector<std::string> Told() {
    std::vector<std::string> lines;
    for (const Progress& progress : told_) {
      std::string line(ToString(progress.event));
      line += " " + std::string(ToString(progress.phase));
      if (progress.sub_state != SubState::kNone) {
        line += " " + std::string(ToString(progress.sub_state));
      }
      lines.push_back(line);
    }
    told_.clear();
    return lines;
  }

  std::optional<Database> database_;
  std::optional<Migrator> migrator_;
  std::vector<Progress> told_;
};

TEST_P(RunEventsTest, FollowAMigrationToItsEnd) {
  migrator_->Start(Rename());
  const double ready_at = told_.back().progress_pct;
  EXPECT_EQ(migrator_->Status()->progress_pct, ready_at);
  EXPECT_THAT(Told(),
              ElementsAre("started EXPANDING", "ready MIGRATING ready"));
  migrator_->Start(Rename());
  EXPECT_THAT(Told(),
              ElementsAre("started MIGRATING ready", "ready MIGRATING ready"));
  migrator_->Complete();
  EXPECT_EQ(told_.back().progress_pct, 100);
  EXPECT_THAT(Told(),
              ElementsAre("started MIGRATING ready",
                          "sealed CONTRACTING sealed", "complete COMPLETE"));
  migrator_->Start(Rename());
  EXPECT_THAT(Told(), ElementsAre("complete COMPLETE"));
}

TEST_P(RunEventsTest, ARollbackIsTheEndOfARun) {
  migrator_->Start(Rename());
  Told();
  migrator_->Rollback();
  EXPECT_THAT(Told(), ElementsAre("started MIGRATING ready",
                                  "rolled_back ROLLED_BACK"));
}

TEST_P(RunEventsTest, DryRunsHaveNone) {
  migrator_->Start(Rename(), {true, false, false});
  EXPECT_THAT(Told(), ElementsAre());
}

// The failure comes last, and says what was done about it.
TEST_P(RunEventsTest, AFailureComesAfterTheRollback) {
  Migration migration = Rename();
  // SQLite has this function and fails when it runs it, PostgreSQL has none.
  // Neither tries it before the start.
  migration.Sql("SELECT segue_fail('segue_fail was called')");
  EXPECT_THROW(migrator_->Start(migration), Error);
  ASSERT_FALSE(told_.empty());
  const Progress last = told_.back();
  EXPECT_THAT(Told(),
              ElementsAre("started EXPANDING", "rolled_back ROLLED_BACK",
                          "failed ROLLED_BACK"));
  EXPECT_THAT(last.message, HasSubstr("segue_fail"));
  EXPECT_NE(last.cause, "");
  EXPECT_THAT(last.notes, Contains("every executed step was rolled back"));
}

TEST_P(RunEventsTest, WhatIsRefusedBeforeItBeginsHasNone) {
  Migration migration("01_none", "None");
  migration.RenameColumn("nowhere", "a", "b");
  EXPECT_THROW(migrator_->Start(migration), Error);
  EXPECT_THROW(migrator_->Complete(), Error);
  EXPECT_THAT(Told(), ElementsAre());
}

TEST_P(RunEventsTest, AListenerThatFailsEndsNothing) {
  int told = 0;
  MigratorOptions options;
  options.listeners.Add([](const Progress&) {
    throw std::runtime_error("nobody is at the other end");
  });
  options.listeners.Add([&](const Progress&) { ++told; });
  Migrator migrator(*database_, options);
  EXPECT_EQ(migrator.Start(Rename()).status.sub_state, SubState::kReady);
  EXPECT_TRUE(migrator.Complete().status.is_complete());
  EXPECT_GT(told, 5);
}

SEGUE_INSTANTIATE(RunEventsTest);

}  // namespace
}  // namespace segue::test
