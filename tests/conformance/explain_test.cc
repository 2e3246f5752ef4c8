// How queries run before and after a migration, on every database.
#include <gmock/gmock.h>

#include "segue/error.h"
#include "segue/migrator.h"
#include "tests/support/testbed.h"

namespace segue::test {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;
using ::testing::StartsWith;

const char kByName[] = "SELECT id FROM users WHERE name = 'name7'";

class ExplainTest : public DialectTest {
 protected:
  void SetUp() override {
    DialectTest::SetUp();
    if (IsSkipped()) return;
    db().Exec("CREATE TABLE users(id integer PRIMARY KEY, name text NOT NULL)");
    db().Exec(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE "
        "i < 5000) INSERT INTO users SELECT i, 'name' || i FROM n");
    db().Exec("ANALYZE");
  }

  static Migration IndexOnName() {
    Migration migration("01_index", "Index");
    IndexSpec index;
    index.name = "users_by_name";
    index.table = "users";
    index.columns = {"name"};
    return migration.CreateIndex(index);
  }

  static QueryChange Of(const ExplainReport& report, std::size_t number = 0) {
    return report.changes.size() > number ? report.changes[number]
                                          : QueryChange();
  }

  // The lines of the history that a gauge wrote.
  static std::vector<std::string> GaugeLines(const Outcome& outcome) {
    std::vector<std::string> lines;
    for (const HistoryEntry& entry : outcome.history) {
      if (entry.message.find("probe of ") == std::string::npos) continue;
      lines.push_back("[" + std::string(ToString(entry.kind)) + "] " +
                      entry.message);
    }
    return lines;
  }
};

TEST_P(ExplainTest, ANewIndexIsUsedFromThenOn) {
  Database database = db().Open();
  Migrator migrator(database, {});
  StartOptions options;
  options.explain = {kByName};
  ASSERT_TRUE(migrator.Start(IndexOnName(), options).status.is_complete());
  const ExplainReport report = migrator.Explain({kByName});
  EXPECT_EQ(report.migration, "01_index");
  ASSERT_EQ(report.changes.size(), 1U);
  const QueryChange change = Of(report);
  EXPECT_EQ(change.query, kByName);
  EXPECT_EQ(change.version, "");
  EXPECT_EQ(change.verdict, "uses users_by_name instead of a sequential scan");
  ASSERT_TRUE(change.before.has_value());
  ASSERT_EQ(change.before->accesses.size(), 1U);
  EXPECT_EQ(change.before->accesses[0],
            (TableAccess{Text("full scan"), "users", ""}));
  EXPECT_EQ(change.before->cost.has_value(), traits().explains_cost);
  ASSERT_EQ(change.after.accesses.size(), 1U);
  EXPECT_EQ(change.after.accesses[0].index, "users_by_name");
}

TEST_P(ExplainTest, ALostIndexIsSaid) {
  db().Exec("CREATE INDEX users_name ON users (name)");
  Migration migration("01_drop", "Drop");
  migration.DropIndex("users_name");
  Database database = db().Open();
  Migrator migrator(database, {});
  StartOptions options;
  options.explain = {kByName};
  migrator.Start(migration, options);
  EXPECT_EQ(Of(migrator.Explain({kByName})).verdict, "unchanged");
  migrator.Complete();
  EXPECT_EQ(Of(migrator.Explain({kByName})).verdict,
            "no longer uses an index: " + Text("full scan") + " on users");
}

TEST_P(ExplainTest, TheFirstVerifyKeepsWhatStartWasNotGiven) {
  Database database = db().Open();
  Migrator migrator(database, {});
  migrator.Start(IndexOnName());
  const QueryChange first = Of(migrator.Explain({kByName}));
  EXPECT_FALSE(first.before.has_value());
  EXPECT_THAT(first.verdict, StartsWith("kept now"));
  const QueryChange second = Of(migrator.Explain({kByName}));
  EXPECT_TRUE(second.before.has_value());
  EXPECT_EQ(second.verdict, "unchanged");
}

TEST_P(ExplainTest, AFailureIsNamedAndOthersGoOn) {
  Database database = db().Open();
  Migrator migrator(database, {});
  StartOptions options;
  options.explain = {"SELECT nope FROM users", kByName};
  migrator.Start(IndexOnName(), options);
  const ExplainReport report = migrator.Explain(options.explain);
  ASSERT_EQ(report.changes.size(), 2U);
  EXPECT_EQ(Of(report).verdict,
            "cannot be explained: " + Text("no column nope"));
  EXPECT_THAT(Of(report, 1).verdict, StartsWith("uses users_by_name"));
}

TEST_P(ExplainTest, NothingIsRun) {
  Database database = db().Open();
  Migrator migrator(database, {});
  migrator.Start(IndexOnName());
  const std::string before = db().Data();
  const ExplainReport report = migrator.Explain(
      {"DELETE FROM users", "INSERT INTO users VALUES (9999, 'x')",
       "UPDATE users SET name = 'x' WHERE id = 1"});
  for (const QueryChange& change : report.changes) {
    EXPECT_EQ(change.after.error, "") << change.query;
  }
  EXPECT_EQ(db().Data(), before);
}

TEST_P(ExplainTest, Parameters) {
  Database database = db().Open();
  Migrator migrator(database, {});
  migrator.Start(IndexOnName());
  const std::string query = "SELECT id FROM users WHERE name = $1";
  const QueryPlan plan = Of(migrator.Explain({query})).after;
  if (plan.error.empty()) {
    ASSERT_EQ(plan.accesses.size(), 1U);
    EXPECT_EQ(plan.accesses[0].index, "users_by_name");
  } else {
    EXPECT_THAT(plan.error, HasSubstr(Text("no parameters in EXPLAIN")));
  }
}

TEST_P(ExplainTest, EachVersionSeesItsOwnShape) {
  const std::string query = "SELECT full_name FROM users WHERE id = 7";
  Migration migration("01_full_name", "Rename");
  migration.RenameColumn("users", "name", "full_name");
  migration.access = Access::kVersioned;
  Database database = db().Open();
  Migrator migrator(database, {});
  StartOptions options;
  options.explain = {query};
  migrator.Start(migration, options);
  const ExplainReport report = migrator.Explain({query});
  ASSERT_EQ(report.changes.size(), 2U);
  EXPECT_EQ(Of(report).version, "");
  EXPECT_THAT(Of(report).verdict, StartsWith("cannot be explained: "));
  EXPECT_EQ(Of(report, 1).version, "01_full_name");
  EXPECT_THAT(Of(report, 1).verdict,
              StartsWith("could not be explained before: "));
  ASSERT_FALSE(Of(report, 1).after.accesses.empty());
  EXPECT_NE(Of(report, 1).after.accesses[0].index, "");
  // The session that explains is the one that runs the next migration.
  migrator.Complete();
  EXPECT_EQ(Of(migrator.Explain({query})).after.error, "");
}

TEST_P(ExplainTest, NoMigrationNoBeforeAndAfter) {
  Database database = db().Open();
  try {
    Migrator(database, {}).Explain({kByName});
    FAIL() << "nothing was thrown";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kNotFound);
  }
}

TEST_P(ExplainTest, AnAttemptThatWasRolledBackIsForgotten) {
  Migration migration("01_rename", "Rename");
  migration.RenameColumn("users", "name", "full_name");
  Database database = db().Open();
  Migrator migrator(database, {});
  StartOptions options;
  options.explain = {kByName};
  migrator.Start(migration, options);
  migrator.Rollback();
  db().Exec("CREATE INDEX users_name ON users (name)");
  migrator.Start(migration, options);
  EXPECT_EQ(Of(migrator.Explain({kByName})).verdict, "unchanged");
}

// --- the history ------------------------------------------------------------

TEST_P(ExplainTest, TheHistoryComparesScansAndProbe) {
  db().Exec("CREATE INDEX users_name ON users (name)");
  Migration migration("01_drop", "Drop");
  migration.DropIndex("users_name");
  Database database = db().Open();
  Migrator migrator(database, {});
  const std::vector<std::string> ready = GaugeLines(migrator.Start(migration));
  ASSERT_EQ(ready.size(), 1U);
  EXPECT_THAT(ready[0],
              MatchesRegex("\\[MIGRATING\\] index users_name: " +
                           Text("scans before the contract") +
                           "; probe of users [0-9.]+ ms before, [0-9.]+ ms "
                           "after"));
  const std::vector<std::string> all = GaugeLines(migrator.Complete());
  ASSERT_EQ(all.size(), 2U);
  EXPECT_THAT(all[1], StartsWith("[CONTRACTING] index users_name: " +
                                 Text("scans of a dropped index")));
}

TEST_P(ExplainTest, MovedRowsAreProbedAndPlainColumnsAreNot) {
  Migration moved("01_rename", "Rename");
  moved.RenameColumn("users", "name", "full_name");
  Database database = db().Open();
  Migrator migrator(database, {});
  const std::vector<std::string> lines = GaugeLines(migrator.Start(moved));
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_THAT(lines[0], MatchesRegex("\\[MIGRATING\\] probe of users [0-9.]+ "
                                     "ms before, [0-9.]+ ms after"));
  migrator.Complete();
  Migration plain("02_plain", "Plain");
  plain.AddColumn("users", {"nick", "TEXT", true, {}});
  EXPECT_THAT(GaugeLines(migrator.Start(plain)), IsEmpty());
}

// The name is gone after the contract: said, and no reason to fail.
TEST_P(ExplainTest, WhatCannotBeReadIsSaid) {
  Migration migration = IndexOnName();
  migration.RenameTable("users", "people");
  Database database = db().Open();
  Migrator migrator(database, {});
  migrator.Start(migration);
  const Outcome outcome = migrator.Complete();
  EXPECT_TRUE(outcome.status.is_complete());
  const std::vector<std::string> lines = GaugeLines(outcome);
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_THAT(lines[1], HasSubstr("could not be read after ("));
}

SEGUE_INSTANTIATE(ExplainTest);

}  // namespace
}  // namespace segue::test
