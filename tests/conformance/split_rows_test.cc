// The rows of a table that are divided among several, through both shapes: what
// two sessions do to each other, and what comes between start and complete.
#include <gmock/gmock.h>

#include <atomic>
#include <chrono>
#include <optional>
#include <thread>

#include "manifest/manifest.h"
#include "segue/migrator.h"
#include "tests/conformance/lock_wait.h"
#include "tests/support/testbed.h"
#include "tests/support/thrown.h"

namespace segue::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr const char* kDivide =
    "access: versioned\noperations:\n  - split_table:\n      table: events\n"
    "      to:\n        - {table: eu, where: \"region = 'eu'\"}\n"
    "        - {table: us, where: \"region = 'us'\"}\n";

class SplitRowsTest : public DialectTest {
 protected:
  void SetUp() override {
    DialectTest::SetUp();
    if (IsSkipped()) return;
    db().Exec(
        "CREATE TABLE events(id integer NOT NULL PRIMARY KEY, region text, n "
        "integer DEFAULT 0);"
        "INSERT INTO events VALUES (1, 'eu', 1), (2, 'us', 0)");
    database_.emplace(db().Open());
    MigratorOptions options;
    options.access = Access::kVersioned;
    options.lock_patience = std::chrono::seconds(2);
    migrator_.emplace(*database_, options);
  }
  void TearDown() override {
    app_.reset();
    migrator_.reset();
    database_.reset();
    DialectTest::TearDown();
  }

  void Start() {
    migrator_->Start(manifest::Parse(kDivide, "01_divide.yaml"));
    app_ = db().NewVersionClient("latest");
  }
  std::string Of(const std::string& table) {
    return ToLines(
        app_->Query("SELECT id, region, n FROM " + table + " ORDER BY id"));
  }

  std::optional<Database> database_;
  std::optional<Migrator> migrator_;
  std::unique_ptr<Client> app_;
};

TEST_P(SplitRowsTest, ARowWithoutATableIsNamedAndHoldsTheContractUp) {
  Start();
  db().app().Query("INSERT INTO events VALUES (7, 'apac', 3)");
  EXPECT_THAT(ThrownBy([&] { migrator_->Complete(); }).what(),
              AllOf(HasSubstr("id=7"), HasSubstr("no table takes it")));
  EXPECT_FALSE(migrator_->Verify().clean());
  EXPECT_EQ(Of("eu") + Of("us"), "1|eu|1\n2|us|0\n");
  db().app().Query("UPDATE events SET region = 'us' WHERE id = 7");
  EXPECT_TRUE(migrator_->Verify().clean());
  migrator_->Complete();
  EXPECT_EQ(Of("eu") + Of("us"), "1|eu|1\n2|us|0\n7|us|3\n");
}

TEST_P(SplitRowsTest, ARollbackLeavesTheTableWithAllThatWasWritten) {
  Start();
  app_->Query("INSERT INTO us VALUES (3, 'us', 4)");
  app_->Query("UPDATE eu SET n = n + 1");
  db().app().Query("INSERT INTO events VALUES (9, NULL, 1)");
  migrator_->Rollback();
  EXPECT_EQ(
      ToLines(db().app().Query("SELECT id, region, n FROM events ORDER BY id")),
      "1|eu|2\n2|us|0\n3|us|4\n9|NULL|1\n");
  for (const char* table : {"_segue_new_eu", "_segue_rest_events", "eu"}) {
    EXPECT_TRUE(db().app().Fails(std::string("SELECT count(*) FROM ") + table));
  }
}

// Each of these would be lost with the table.
TEST_P(SplitRowsTest, WhatOthersMakeMeanwhileHoldsTheContractUp) {
  const std::pair<const char*, const char*> changes[] = {
      {"ALTER TABLE events ADD COLUMN amount integer",
       "ALTER TABLE events DROP COLUMN amount"},
      {"CREATE INDEX by_n ON events(n)", "DROP INDEX by_n"},
      {"CREATE VIEW counted AS SELECT count(*) AS c FROM events",
       "DROP VIEW counted"},
      {"CREATE TABLE notes(event integer REFERENCES events)",
       "DROP TABLE notes"},
  };
  for (const auto& [change, back] : changes) {
    SCOPED_TRACE(change);
    Start();
    db().Exec(change);
    EXPECT_NE(
        ThrownBy([&] { migrator_->Complete(false, "a test of it"); }).what(),
        std::string());
    app_.reset();
    migrator_->Rollback();
    db().Exec(back);
  }
  Start();
  migrator_->Complete();
  EXPECT_EQ(Of("eu") + Of("us"), "1|eu|1\n2|us|0\n");
}

SEGUE_INSTANTIATE(SplitRowsTest);

class SplitRowsViewTest : public SplitRowsTest {
 protected:
  // Returns the error of `sql` of the new version, which waits for a row that
  // `holder` has written.
  std::string Behind(Client& holder, const std::string& sql) {
    return ErrorBehind(db().app(), holder, *app_, sql);
  }
};

TEST_P(SplitRowsViewTest, TwoSessionsCountOn) {
  Start();
  const auto other = db().NewClient();
  other->Query("BEGIN");
  other->Query("UPDATE events SET n = n + 1 WHERE id = 1");
  EXPECT_EQ(Behind(*other, "UPDATE eu SET n = n + 1 WHERE id = 1"), "");
  EXPECT_EQ(Of("eu"), "1|eu|3\n");
}

// The row is none of the view any more once the other session has committed.
TEST_P(SplitRowsViewTest, ARowThatGoesOverIsLeftAlone) {
  Start();
  const auto other = db().NewClient();
  other->Query("BEGIN");
  other->Query("UPDATE events SET region = 'us' WHERE id = 1");
  EXPECT_EQ(Behind(*other, "UPDATE eu SET n = 100 WHERE id = 1"), "");
  EXPECT_EQ(Of("eu") + Of("us"), "1|us|1\n2|us|0\n");
  migrator_->Complete();
  EXPECT_EQ(Of("eu") + Of("us"), "1|us|1\n2|us|0\n");
}

TEST_P(SplitRowsViewTest, TheContractWaitsForAnOlderSnapshot) {
  const auto reader = db().NewClient();
  reader->Query("BEGIN ISOLATION LEVEL REPEATABLE READ");
  reader->Query("SELECT 1");
  Start();
  EXPECT_THAT(
      ThrownBy([&] { migrator_->Complete(false, "a test of it"); }).what(),
      HasSubstr("is older than the copy"));
  reader->Query("COMMIT");
  migrator_->Complete();
  EXPECT_EQ(Of("eu") + Of("us"), "1|eu|1\n2|us|0\n");
}

TEST_P(SplitRowsViewTest, WhatTheCopiesCannotGetHoldsTheContractUp) {
  const std::pair<const char*, const char*> changes[] = {
      {"ALTER TABLE events ADD CHECK (n < 1000)",
       "ALTER TABLE events DROP CONSTRAINT events_n_check"},
      {"ALTER TABLE events ALTER n SET DEFAULT 7",
       "ALTER TABLE events ALTER n SET DEFAULT 0"},
      {"ALTER TABLE events SET (fillfactor = 50)",
       "ALTER TABLE events RESET (fillfactor)"},
      {"CREATE RULE kept AS ON DELETE TO events DO INSTEAD NOTHING",
       "DROP RULE kept ON events"},
      {"CREATE TABLE above(id integer NOT NULL, region text, n integer); "
       "ALTER TABLE events INHERIT above",
       "ALTER TABLE events NO INHERIT above; DROP TABLE above"},
  };
  Start();
  for (const auto& [change, back] : changes) {
    SCOPED_TRACE(change);
    db().Exec(change);
    EXPECT_NE(
        ThrownBy([&] { migrator_->Complete(false, "a test of it"); }).what(),
        std::string());
    db().Exec(back);
  }
  migrator_->Complete();
  EXPECT_EQ(Of("eu") + Of("us"), "1|eu|1\n2|us|0\n");
}

TEST_P(SplitRowsViewTest, ATriggerOfSomebodyElsesHoldsTheContractUp) {
  Start();
  db().Exec(
      "CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN "
      "RETURN NULL; END'; CREATE TRIGGER audit AFTER INSERT ON events FOR EACH "
      "ROW EXECUTE FUNCTION note()");
  EXPECT_THAT(
      ThrownBy([&] { migrator_->Complete(false, "a test of it"); }).what(),
      HasSubstr("audit"));
  db().Exec("DROP TRIGGER audit ON events");
  migrator_->Complete();
  EXPECT_EQ(Of("eu"), "1|eu|1\n");
}

// What comes meanwhile is the triggers' work, and comes faster than the fill
// goes.
TEST_P(SplitRowsViewTest, AFillEndsWhileRowsComeFaster) {
  db().Exec(
      "INSERT INTO events SELECT i, 'eu', 0 FROM generate_series(3, 300) i");
  std::atomic<bool> over = false;
  std::atomic<bool> late = false;
  std::thread inserts([&] {
    const auto client = db().NewClient();
    const auto end =
        std::chrono::steady_clock::now() + std::chrono::seconds(60);
    for (int id = 1000; !over && !late; id += 20) {
      client->Query(
          "INSERT INTO events SELECT i, 'us', 0 FROM generate_series(" +
          std::to_string(id) + ", " + std::to_string(id + 19) + ") i");
      late = std::chrono::steady_clock::now() > end;
      std::this_thread::sleep_for(std::chrono::milliseconds(30));
    }
  });
  migrator_->Start(manifest::Parse(
      std::string("backfill: {max_rate: 400 rows/s}\n") + kDivide,
      "01_divide.yaml"));
  over = true;
  inserts.join();
  EXPECT_FALSE(late);
  EXPECT_TRUE(migrator_->Verify().clean());
}

SEGUE_INSTANTIATE_ON(SplitRowsViewTest, PostgresTestbed());

}  // namespace
}  // namespace segue::test
