// Locks that others hold: a short wait, a clear answer, nothing changed.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <thread>

#include "segue/error.h"
#include "segue/migrator.h"
#include "tests/faults/crash_site.h"
#include "tests/support/eventually.h"
#include "tests/support/postgres_server.h"
#include "tests/support/thrown.h"

namespace segue::test {
namespace {

constexpr int kLockBudgetSpent = 5;

class LockTest : public ::testing::TestWithParam<Testbed> {
 protected:
  void SetUp() override { SEGUE_SKIP_UNLESS_INSTALLED(GetParam()); }

  static Migration Rename() {
    Migration migration("01_lock", "Rename users.name");
    migration.RenameColumn("users", "name", "full_name");
    return migration;
  }

  // What a start comes to that has less patience than a user would.
  static Error Refusal(CrashSite& site) {
    Database database = site.database().Open();
    MigratorOptions options;
    options.lock_budget = std::chrono::milliseconds(100);
    options.lock_patience = std::chrono::milliseconds(1'500);
    try {
      Migrator(database, options).Start(Rename());
    } catch (const Error& error) {
      return error;
    }
    throw std::runtime_error("the start was not held up");
  }
};

TEST_P(LockTest, ABlockedStartGivesUpAndNamesTheBlocker) {
  CrashSite site(GetParam(), Access::kInPlace);
  const std::string before = site.database().Dump();
  const auto blocker = site.database().NewClient();
  std::vector<std::string> named;
  blocker->Query(GetParam().Text("hold users"));
  if (GetParam().traits.names_blockers) {
    named = {*blocker->One("SELECT pg_backend_pid()"), "user postgres",
             "pg_backend_pid", " s)"};
  }
  const Error refusal = Refusal(site);
  EXPECT_EQ(kLockBudgetSpent, ExitCode(refusal.kind())) << refusal.what();
  for (const std::string& part : named) {
    EXPECT_NE(std::string::npos, std::string(refusal.what()).find(part))
        << refusal.what();
  }
  blocker->Query("ROLLBACK");
  EXPECT_EQ(before, site.database().Dump());

  Database database = site.database().Open();
  Migrator migrator(database, {});
  migrator.Start(Rename());
  migrator.Complete();
  EXPECT_EQ(site.Expected(), site.Data("full_name"));
}

// Case prepared_transaction_not_named.
TEST(LockBlocker, APreparedTransactionIsNamed) {
  SEGUE_SKIP_UNLESS_INSTALLED(PostgresTestbed());
  CrashSite site(PostgresTestbed(), Access::kInPlace);
  const auto blocker = site.database().NewClient();
  blocker->Query(
      "BEGIN; INSERT INTO users (id, name) VALUES (90000, 'x'); PREPARE "
      "TRANSACTION 'px1'");
  Database database = site.database().Open();
  MigratorOptions options;
  options.lock_budget = std::chrono::milliseconds(100);
  options.lock_patience = std::chrono::milliseconds(300);
  Migration migration("01_lock", "Rename users.name");
  migration.RenameColumn("users", "name", "full_name");
  const Error refusal =
      ThrownBy([&] { Migrator(database, options).Start(migration); });
  EXPECT_EQ(refusal.kind(), ErrorKind::kLockTimeout);
  for (const char* part : {"held by prepared transaction 'px1'",
                           "user postgres", "open since 2"}) {
    EXPECT_NE(std::string(refusal.what()).find(part), std::string::npos)
        << refusal.what();
  }
  blocker->Query("ROLLBACK PREPARED 'px1'");
}

// Case sqlite-reader_delete_mode.
TEST(LockBlocker, AReaderOfTheFileIsWaitedForAndNamed) {
  SEGUE_SKIP_UNLESS_INSTALLED(SqliteTestbed());
  CrashSite site(SqliteTestbed(), Access::kInPlace);
  const auto reader = site.database().NewClient();
  reader->Query("PRAGMA journal_mode = DELETE");
  reader->Query("BEGIN; SELECT * FROM users LIMIT 1");
  Database database = site.database().Open();
  std::vector<std::string> waits;
  MigratorOptions options;
  options.lock_budget = std::chrono::milliseconds(100);
  options.lock_patience = std::chrono::milliseconds(1'500);
  options.listeners.Add([&](const Progress& progress) {
    if (progress.event == Progress::Event::kRetry) {
      waits.push_back(progress.message);
    }
  });
  Migration migration("01_lock", "Rename users.name");
  migration.RenameColumn("users", "name", "full_name");
  const Error refusal =
      ThrownBy([&] { Migrator(database, options).Start(migration); });
  EXPECT_EQ(refusal.kind(), ErrorKind::kLockTimeout);
  EXPECT_NE(std::string(refusal.what()).find("a reader holds the file"),
            std::string::npos)
      << refusal.what();
  EXPECT_GT(waits.size(), 1U);
  reader->Query("ROLLBACK");
  Migrator(database, options).Start(migration);
}

class KillBlockersTest : public ::testing::Test {
 protected:
  void SetUp() override { SEGUE_SKIP_UNLESS_INSTALLED(PostgresTestbed()); }

  static Outcome Start(CrashSite& site) {
    Database database = site.database().Open();
    MigratorOptions options;
    options.lock_budget = std::chrono::milliseconds(100);
    options.lock_patience = std::chrono::milliseconds(3'000);
    options.kill_blockers_after = std::chrono::milliseconds(300);
    options.kill_reason = "forgotten psql";
    Migration migration("01_lock", "Rename users.name");
    migration.RenameColumn("users", "name", "full_name");
    return Migrator(database, options).Start(migration);
  }
  // The entries of the history about sessions that were ended.
  static std::vector<std::string> Ended(const Outcome& outcome) {
    std::vector<std::string> ended;
    for (const HistoryEntry& entry : outcome.history) {
      if (entry.kind == EventKind::kForced) ended.push_back(entry.message);
    }
    return ended;
  }
};

TEST_F(KillBlockersTest, AnIdleTransactionInTheWayIsEndedAndRecorded) {
  CrashSite site(PostgresTestbed(), Access::kInPlace);
  const auto blocker = site.database().NewClient();
  blocker->Query("SET application_name = 'left_open'");
  const std::string pid = *blocker->One("SELECT pg_backend_pid()");
  blocker->Query("BEGIN; SELECT 'reading' FROM users LIMIT 1");
  // It holds no lock that is in the way.
  const auto bystander = site.database().NewClient();
  bystander->Query("CREATE TABLE other(id integer)");
  bystander->Query("BEGIN; SELECT 1 FROM other");
  const std::vector<std::string> ended = Ended(Start(site));
  ASSERT_EQ(ended.size(), 1U);
  for (const std::string& part :
       {"Ending session " + pid +
            " (user postgres, left_open, idle in a transaction since 2",
        std::string(", query started 2"),
        std::string("which has kept public.users for "),
        std::string(" s: forgotten psql")}) {
    EXPECT_NE(ended[0].find(part), std::string::npos) << ended[0];
  }
  EXPECT_THROW(blocker->Query("SELECT 1"), std::exception);
  bystander->Query("SELECT 1");
}

TEST_F(KillBlockersTest, ASessionThatWorksIsLeftAlone) {
  CrashSite site(PostgresTestbed(), Access::kInPlace);
  const auto blocker = site.database().NewClient();
  std::thread busy([&] {
    blocker->Query("BEGIN; SELECT pg_sleep(6), id FROM users LIMIT 1; COMMIT");
  });
  const auto watcher = site.database().NewClient();
  EXPECT_TRUE(Eventually([&] {
    return watcher->One(
               "SELECT count(*) FROM pg_stat_activity WHERE query LIKE "
               "'BEGIN; SELECT pg_sleep%' AND state = 'active' AND "
               "pid <> pg_backend_pid()") == "1";
  }));
  EXPECT_EQ(ThrownBy([&] { Start(site); }).kind(), ErrorKind::kLockTimeout);
  busy.join();
  blocker->Query("SELECT 1");
}

// The application, not segue, must come first: nobody queues behind a waiting
// ALTER TABLE for longer than the budget.
TEST(LockQueue, ReadersWaitNoLongerThanTheBudget) {
  SEGUE_SKIP_UNLESS_INSTALLED(PostgresTestbed());
  CrashSite site(PostgresTestbed(), Access::kInPlace);
  const auto blocker = site.database().NewClient();
  blocker->Query("BEGIN; SELECT 'reading' FROM users LIMIT 1");
  Process start(site.Segue("start"));
  const auto reader = site.database().NewClient();
  std::chrono::duration<double, std::milli> longest{0};
  start.WaitForOutput("held by session");
  for (int i = 0; i < 300; ++i) {
    const auto begin = std::chrono::steady_clock::now();
    reader->Query("SELECT name FROM users WHERE id = 1");
    longest = std::max<std::chrono::duration<double, std::milli>>(
        longest, std::chrono::steady_clock::now() - begin);
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  // The budget is 500 ms; the rest is for a busy machine.
  EXPECT_LT(longest.count(), 1'000);
  blocker->Query("ROLLBACK");
  const Finished done = start.Wait();
  EXPECT_EQ(0, done.exit_code) << done.err;
}

INSTANTIATE_TEST_SUITE_P(Faults, LockTest, ::testing::ValuesIn(Testbeds()),
                         TestbedName);

// An application that waits for a row of the chunk while the chunk waits for a
// row of the application's: the server picks a victim, the backfill goes on.
TEST(Deadlock, DoesNotStopTheBackfill) {
  SEGUE_SKIP_UNLESS_INSTALLED(PostgresTestbed());
  CrashSite site(PostgresTestbed(), Access::kInPlace);
  Process start(site.Segue("start", "stop:backfill:1"));
  WaitUntilStopped(start);
  auto& observer = site.database().app();
  const auto application = site.database().NewClient();
  // A row of the first chunk, locked before the chunk comes to it.
  application->Query("BEGIN; UPDATE users SET age = 5 WHERE id = 900");
  start.Kill(SIGCONT);
  const auto waits = [&] {
    return observer.One(
               "SELECT count(*) FROM pg_stat_activity WHERE datname = "
               "current_database() AND wait_event_type = 'Lock' AND "
               "application_name LIKE 'segue%'") != "0";
  };
  ASSERT_TRUE(Eventually([&] { return waits() || !start.running(); }));
  const bool victim =
      application->Fails("UPDATE users SET age = 6 WHERE id = 1");
  application->Query(victim ? "ROLLBACK" : "COMMIT");
  const Finished done = start.Wait();
  EXPECT_EQ(0, done.exit_code) << done.err;
  EXPECT_NE(std::string::npos,
            PostgresServer::Shared().LogText().find("deadlock detected"));
  EXPECT_EQ(0, site.Run("verify").exit_code);
  EXPECT_EQ(victim ? "1" : "6",
            *observer.One("SELECT age FROM users WHERE id = 1"));
}

}  // namespace
}  // namespace segue::test
