// All pending migrations as one plan, on every database.
#include <gmock/gmock.h>

#include "segue/cancel.h"
#include "segue/error.h"
#include "segue/versions.h"
#include "tests/conformance/migrator_fixture.h"

namespace segue::test {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

Migration File(const std::string& id) {
  Migration migration(id, id);
  migration.checksum = "sum of " + id;
  return migration;
}

// Three that go together: they touch different columns.
std::vector<Migration> Three() {
  std::vector<Migration> files = {File("01_full_name"), File("02_age"),
                                  File("03_nick")};
  files[0].RenameColumn("users", "name", "full_name");
  ColumnChange wider;
  wider.new_name = "years";
  files[1].AlterColumn("users", "age", wider);
  files[2].AddColumn("users", {"nick", "TEXT", true, "'none'"});
  return files;
}

// What the second does needs the first one's contract.
std::vector<Migration> Chain() {
  std::vector<Migration> files = {File("01_full_name"), File("02_names")};
  files[0].RenameColumn("users", "name", "full_name");
  files[1].AddColumn("users", {"names", "TEXT"}, "full_name");
  return files;
}

class MigrateTest : public UsersTest {
 protected:
  void SetUp() override {
    DialectTest::SetUp();
    if (IsSkipped()) return;
    CreateUsers(", age integer", "(1, 'alice', 30), (2, 'bob', NULL)");
  }

  // "01_a COMPLETE", ... as the ledger has it.
  std::vector<std::string> LedgerRows(Database& database) {
    std::vector<std::string> rows;
    const std::string table =
        dialect().capabilities().ledger_prefix + "migration";
    for (const auto& row :
         database.Query("SELECT id, phase, sub_state, folded_into FROM " +
                        table + " ORDER BY id")) {
      rows.push_back(row[0] + " " + row[1] + " " + row[2] +
                     (row[3].empty() ? "" : " in " + row[3]));
    }
    return rows;
  }
};

TEST_P(MigrateTest, ThreeFilesAreOnePlan) {
  Database database = db().Open();
  Migrator migrator(database, {});
  // The order they are given in does not matter.
  std::vector<Migration> files = Three();
  std::swap(files[0], files[2]);
  const MigrateOutcome outcome = migrator.Migrate(files);
  ASSERT_EQ(outcome.runs.size(), 1U);
  EXPECT_THAT(outcome.left, IsEmpty());
  const MigrationStatus& status = outcome.runs[0].status;
  EXPECT_EQ(status.id, "03_nick");
  EXPECT_EQ(status.sub_state, SubState::kReady);
  EXPECT_THAT(status.folded, ElementsAre("01_full_name", "02_age"));
  EXPECT_THAT(LedgerRows(database),
              ElementsAre("01_full_name MIGRATING ready in 03_nick",
                          "02_age MIGRATING ready in 03_nick",
                          "03_nick MIGRATING ready"));
  db().Exec("UPDATE users SET name = 'ALICE', age = 31 WHERE id = 1");
  db().Exec("UPDATE users SET full_name = 'BOB', years = 7 WHERE id = 2");
  EXPECT_EQ(database.Query("SELECT name, full_name, age, years, nick FROM users"
                           " ORDER BY id"),
            (std::vector<std::vector<std::string>>{
                {"ALICE", "ALICE", "31", "31", "none"},
                {"BOB", "BOB", "7", "7", "none"}}));
  EXPECT_TRUE(migrator.Complete().status.is_complete());
  EXPECT_THAT(LedgerRows(database),
              ElementsAre("01_full_name COMPLETE  in 03_nick",
                          "02_age COMPLETE  in 03_nick", "03_nick COMPLETE "));
  EXPECT_THAT(migrator.Migrate(Three()).runs, IsEmpty());
  // One that was folded is known as complete on its own, too.
  EXPECT_THAT(migrator.Start(Three()[0]).notes,
              ElementsAre(HasSubstr("already complete")));
}

TEST_P(MigrateTest, RollbackOfAFoldGivesTheCatalogueBack) {
  Database database = db().Open();
  Migrator migrator(database, {});
  migrator.Migrate(Three());
  EXPECT_EQ(migrator.Rollback().status.phase, Phase::kRolledBack);
  EXPECT_EQ(db().Dump(), before_);
  EXPECT_THAT(
      LedgerRows(database),
      ElementsAre("01_full_name ROLLED_BACK  in 03_nick",
                  "02_age ROLLED_BACK  in 03_nick", "03_nick ROLLED_BACK "));
  // What was folded is on its own again: started alone, it alone moves.
  EXPECT_EQ(migrator.Start(Three()[2]).status.phase, Phase::kComplete);
  EXPECT_THAT(LedgerRows(database),
              ElementsAre("01_full_name ROLLED_BACK ", "02_age ROLLED_BACK ",
                          "03_nick COMPLETE "));
}

TEST_P(MigrateTest, AStoppedFoldGoesOnWhenMigratedAgain) {
  Database database = db().Open();
  CancelToken token;
  MigratorOptions options;
  options.cancel = &token;
  options.listeners.Add([&](const Progress& progress) {
    if (progress.event == Progress::Event::kStepDone) token.Request();
  });
  Migrator stopped(database, options);
  EXPECT_EQ(KindOf([&] { stopped.Migrate(Three()); }), ErrorKind::kCancelled);
  Migrator next(database, {});
  // Neither a part of it alone nor less than all of it.
  EXPECT_EQ(KindOf([&] { next.Start(Three()[0]); }), ErrorKind::kRefused);
  EXPECT_THAT(message_, HasSubstr("is a part of '03_nick'"));
  MigrateOptions less;
  less.to = "02_age";
  EXPECT_EQ(KindOf([&] { next.Migrate(Three(), less); }), ErrorKind::kRefused);
  EXPECT_THAT(message_, HasSubstr("'03_nick' is active, and it is not what"));
  std::vector<Migration> changed = Three();
  changed[1].checksum = "another";
  EXPECT_EQ(KindOf([&] { next.Migrate(changed); }), ErrorKind::kRefused);
  EXPECT_THAT(message_, HasSubstr("'02_age'"));
  const MigrateOutcome outcome = next.Migrate(Three());
  ASSERT_EQ(outcome.runs.size(), 1U);
  EXPECT_EQ(outcome.runs[0].status.sub_state, SubState::kReady);
  EXPECT_TRUE(next.Verify().clean());
}

TEST_P(MigrateTest, WhatCannotBeFoldedIsRefusedWithBothNames) {
  Database database = db().Open();
  Migrator migrator(database, {});
  EXPECT_EQ(KindOf([&] { migrator.Migrate(Chain()); }), ErrorKind::kRefused);
  EXPECT_THAT(message_, HasSubstr("'02_names' cannot share one plan with "
                                  "'01_full_name'"));
  EXPECT_THAT(hint_, HasSubstr("--to 01_full_name"));
  EXPECT_EQ(db().Dump(), before_);
  EXPECT_FALSE(migrator.Status().has_value());
}

TEST_P(MigrateTest, CompleteRunsOneAfterTheOther) {
  Database database = db().Open();
  Migrator migrator(database, {});
  MigrateOptions options;
  options.complete = true;
  std::vector<std::string> asked;
  options.before_complete = [&](const MigrationStatus& status) {
    asked.push_back(status.id);
  };
  const MigrateOutcome outcome = migrator.Migrate(Chain(), options);
  EXPECT_EQ(outcome.runs.size(), 2U);
  EXPECT_THAT(asked, ElementsAre("01_full_name", "02_names"));
  EXPECT_THAT(database.ColumnNames("users"),
              ElementsAre("id", "full_name", "age", "names"));
  EXPECT_THAT(LedgerRows(database),
              ElementsAre("01_full_name COMPLETE ", "02_names COMPLETE "));
}

TEST_P(MigrateTest, CompleteFinishesTheActiveOneFirst) {
  Database database = db().Open();
  Migrator migrator(database, {});
  migrator.Start(Chain()[0]);
  EXPECT_EQ(KindOf([&] { migrator.Migrate(Chain()); }), ErrorKind::kRefused);
  EXPECT_THAT(message_, HasSubstr("there is more to migrate after it"));
  MigrateOptions options;
  options.complete = true;
  EXPECT_EQ(migrator.Migrate(Chain(), options).runs.size(), 2U);
  EXPECT_THAT(database.ColumnNames("users"),
              ElementsAre("id", "full_name", "age", "names"));
}

TEST_P(MigrateTest, ToStopsAfterTheNamedOne) {
  Database database = db().Open();
  Migrator migrator(database, {});
  MigrateOptions options;
  options.to = "02_age";
  options.complete = true;
  const MigrateOutcome outcome = migrator.Migrate(Three(), options);
  ASSERT_EQ(outcome.runs.size(), 1U);
  EXPECT_EQ(outcome.runs[0].status.id, "02_age");
  EXPECT_THAT(migrator.Migrate(Three(), options).runs, IsEmpty());
  options.to = "02_agf";
  EXPECT_EQ(KindOf([&] { migrator.Migrate(Three(), options); }),
            ErrorKind::kNotFound);
  EXPECT_THAT(hint_, HasSubstr("02_age"));
}

TEST_P(MigrateTest, ChangedAndLateFilesAreRefused) {
  Database database = db().Open();
  Migrator migrator(database, {});
  MigrateOptions options;
  options.complete = true;
  migrator.Migrate({Three()[0], Three()[1]}, options);
  std::vector<Migration> files = Three();
  files[0].checksum = "another";
  EXPECT_EQ(KindOf([&] { migrator.Migrate(files); }), ErrorKind::kRefused);
  EXPECT_THAT(message_, HasSubstr("'01_full_name' is not the one"));
  files = Three();
  files.push_back(File("01_late"));
  files.back().AddColumn("users", {"late"});
  EXPECT_EQ(KindOf([&] { migrator.Migrate(files); }), ErrorKind::kRefused);
  EXPECT_THAT(message_, HasSubstr("'01_late' comes before '02_age'"));
  files = Three();
  files.push_back(files[2]);
  EXPECT_EQ(KindOf([&] { migrator.Migrate(files); }), ErrorKind::kUsage);
}

TEST_P(MigrateTest, ABrokenOneIsNamedAndNothingIsDone) {
  Database database = db().Open();
  Migrator migrator(database, {});
  std::vector<Migration> files = {File("01_nope")};
  files[0].RenameColumn("users", "nope", "x");
  EXPECT_EQ(KindOf([&] { migrator.Migrate(files); }), ErrorKind::kNotFound);
  EXPECT_THAT(message_, HasSubstr("migration '01_nope': "));
  EXPECT_EQ(db().Dump(), before_);
}

TEST_P(MigrateTest, ADryRunChangesNothing) {
  Database database = db().Open();
  Migrator migrator(database, {});
  MigrateOptions options;
  options.dry_run = true;
  options.complete = true;
  const MigrateOutcome outcome = migrator.Migrate(Chain(), options);
  EXPECT_EQ(outcome.runs.size(), 1U);
  EXPECT_THAT(outcome.left, ElementsAre("02_names"));
  EXPECT_EQ(db().Dump(), before_);
  EXPECT_FALSE(migrator.Status().has_value());
  // Of what is active, only what is left.
  migrator.Migrate(Three());
  const std::string live = db().Dump();
  const MigrateOutcome left = migrator.Migrate(Three(), options);
  ASSERT_EQ(left.runs.size(), 1U);
  for (const HistoryEntry& entry : left.runs[0].history) {
    EXPECT_EQ(entry.kind, EventKind::kContracting);
  }
  EXPECT_EQ(db().Dump(), live);
}

TEST_P(MigrateTest, OnlyTheLastVersionIsPublished) {
  Database database = db().Open();
  MigratorOptions versioned;
  versioned.access = Access::kVersioned;
  Migrator migrator(database, versioned);
  std::vector<Migration> first = {File("00_base")};
  first[0].AddColumn("users", {"note", "TEXT"});
  migrator.Migrate(first);
  std::vector<Migration> files = Three();
  files.push_back(first[0]);
  migrator.Migrate(files);
  // The one that the application is on stays until the contract.
  std::vector<std::string> live;
  for (const VersionInfo& version : Versions(database, {}).List()) {
    if (version.state == "live") live.push_back(version.name);
  }
  EXPECT_THAT(live, ElementsAre("00_base", "03_nick"));
  migrator.Complete();
  live.clear();
  for (const VersionInfo& version : Versions(database, {}).List()) {
    if (version.state == "live") live.push_back(version.name);
  }
  EXPECT_THAT(live, ElementsAre("03_nick"));
  std::vector<Migration> mixed = {File("04_a"), File("05_b")};
  mixed[0].AddColumn("users", {"a"});
  mixed[1].AddColumn("users", {"b"});
  mixed[1].access = Access::kInPlace;
  for (const Migration& file : files) mixed.push_back(file);
  EXPECT_EQ(KindOf([&] { migrator.Migrate(mixed); }), ErrorKind::kRefused);
  EXPECT_THAT(message_, HasSubstr("'04_a' asks for access versioned"));
}

SEGUE_INSTANTIATE(MigrateTest);

}  // namespace
}  // namespace segue::test
