// Builds of indexes that are held up, killed, stopped or spoilt by others.
#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <memory>
#include <thread>

#include "tests/faults/crash_site.h"
#include "tests/support/eventually.h"
#include "tests/support/postgres_server.h"

namespace segue::test {
namespace {

constexpr int kRefused = 3;
constexpr int kAnotherRunner = 7;
constexpr int kInterrupted = 130;

constexpr char kCreate[] =
    "operations:\n"
    "  - create_index: {name: users_key, table: users, columns: [name], "
    "unique: true}\n";
constexpr char kDrop[] =
    "operations:\n"
    "  - drop_index: {name: users_name}\n";

class IndexTest : public ::testing::Test {
 protected:
  void SetUp() override {
    SEGUE_SKIP_UNLESS_INSTALLED(PostgresTestbed());
    site_ = std::make_unique<CrashSite>(PostgresTestbed(), Access::kInPlace);
    WriteMigration(kCreate);
  }

  CrashSite& site() { return *site_; }
  Client& app() { return site().database().app(); }
  void WriteMigration(const std::string& text) {
    std::ofstream(site().folder() + "/01_crash.yaml") << text;
  }

  // A transaction that writes and is not ended: the build has to wait for it.
  std::unique_ptr<Client> Writer() {
    auto writer = site().database().NewClient();
    writer->Query("BEGIN; UPDATE users SET age = 7 WHERE id = 1");
    pid_ = *writer->One("SELECT pg_backend_pid()");
    return writer;
  }
  // Until it says whom it waits for.
  void WaitUntilHeldUp(Process& start) {
    start.WaitForOutput("the build waits for session " + pid_ + " ");
  }

  void WaitUntilBuilding(Process& start, const std::string& builds) {
    EXPECT_TRUE(Eventually([&] {
      return !start.running() ||
             app().One("SELECT count(*) FROM pg_stat_progress_create_index") ==
                 builds;
    }));
  }

  std::string Valid() {
    return app()
        .One(
            "SELECT string_agg(indisvalid::text, ',') FROM pg_index WHERE "
            "indexrelid = to_regclass('users_key')")
        .value_or("none");
  }

  std::unique_ptr<CrashSite> site_;
  std::string pid_;
};

TEST_F(IndexTest, AWaitingBuildNamesTheWriterAndBlocksNobody) {
  const auto writer = Writer();
  Process start(site().Segue("start"));
  WaitUntilHeldUp(start);
  const auto begin = std::chrono::steady_clock::now();
  app().Query("INSERT INTO users VALUES (900001, 'late', 1)");
  app().Query("SELECT name FROM users WHERE id = 900001");
  const std::chrono::duration<double> took =
      std::chrono::steady_clock::now() - begin;
  EXPECT_LT(took.count(), 1.0);
  const std::string status = site().Run("status").out;
  EXPECT_NE(status.find("Build index 'users_key' on 'users' without blocking "
                        "writes: 0%"),
            std::string::npos)
      << status;
  writer->Query("COMMIT");
  const Finished done = start.Wait();
  EXPECT_EQ(0, done.exit_code) << done.err;
  EXPECT_EQ("true", Valid());
  EXPECT_NE(site().Run("status").out.find("COMPLETE"), std::string::npos);
}

TEST_F(IndexTest, AKilledBuildIsClearedAwayAndBuiltAgain) {
  const auto writer = Writer();
  Command first = site().Segue("start");
  first.environment["SEGUE_LEASE_SECONDS"] = "5";  // 30 s of waiting otherwise
  Process start(first);
  WaitUntilHeldUp(start);
  EXPECT_EQ("false", Valid());
  const std::string killed =
      *app().One("SELECT pid FROM pg_stat_progress_create_index");
  start.Kill(SIGKILL);
  start.Wait();
  // The server does not notice: when the lease has expired, the next run ends
  // that session first, and has to wait for the writer as well.
  Finished again;
  Eventually(
      [&] {
        Process next(site().Segue("start"));
        const auto waits_for_the_writer = [&] {
          return app().One("SELECT count(*) FROM pg_stat_activity WHERE " +
                           pid_ + " = ANY (pg_blocking_pids(pid)) AND " +
                           "pid <> " + killed) != "0";
        };
        Eventually([&] { return waits_for_the_writer() || !next.running(); });
        if (next.running()) writer->Query("COMMIT");
        again = next.Wait();
        return again.exit_code != kAnotherRunner;
      },
      std::chrono::seconds(100), std::chrono::milliseconds(500));
  EXPECT_EQ(0, again.exit_code) << again.err;
  EXPECT_EQ("true", Valid());
}

TEST_F(IndexTest, ABuildStopsAtTheFirstInterrupt) {
  const auto writer = Writer();
  Process start(site().Segue("start"));
  WaitUntilHeldUp(start);
  start.Kill(SIGINT);
  const Finished stopped = start.Wait(std::chrono::seconds(20));
  EXPECT_EQ(kInterrupted, stopped.exit_code) << stopped.err;
  writer->Query("COMMIT");
  const Finished again = site().Run("start");
  EXPECT_EQ(0, again.exit_code) << again.err;
  EXPECT_EQ("true", Valid());
}

TEST_F(IndexTest, ABuildIsCancelledFromAnotherTerminal) {
  const std::string before = site().database().Dump();
  const auto writer = Writer();
  Process start(site().Segue("start"));
  WaitUntilHeldUp(start);
  EXPECT_EQ(0, site().Run("cancel").exit_code);
  WaitUntilBuilding(start, "0");
  // What takes the index away waits for the writer, too.
  EXPECT_TRUE(start.running());
  writer->Query("COMMIT");
  const Finished stopped = start.Wait();
  EXPECT_NE(0, stopped.exit_code) << stopped.err;
  EXPECT_EQ("none", Valid());
  EXPECT_EQ(before, site().database().Dump());
}

// Uncommitted while the rows were looked at beforehand.
TEST_F(IndexTest, ADuplicateThatComesInRollsBackWithItsKey) {
  const std::string before = site().database().Dump();
  const auto writer = Writer();
  writer->Query("INSERT INTO users VALUES (900002, 'user 17', 1)");
  Process start(site().Segue("start"));
  WaitUntilHeldUp(start);
  writer->Query("COMMIT");
  const Finished failed = start.Wait();
  EXPECT_EQ(1, failed.exit_code) << failed.err;
  EXPECT_NE(failed.err.find("(name)=(user 17)"), std::string::npos)
      << failed.err;
  EXPECT_EQ(before, site().database().Dump());
  // Now it is found before anything is done.
  const Finished refused = site().Run("start");
  EXPECT_EQ(kRefused, refused.exit_code) << refused.err;
  EXPECT_NE(refused.err.find("(name)=(user 17) is in 2 rows"),
            std::string::npos)
      << refused.err;
}

// Watching needs a second session; building does not.
TEST_F(IndexTest, ABuildThatCannotBeWatchedEndsAllTheSame) {
  app().Query("CREATE ROLE builder LOGIN");
  app().Query("ALTER TABLE users OWNER TO builder");
  app().Query("GRANT CREATE ON SCHEMA public TO builder");
  app().Query(
      "DO $$BEGIN EXECUTE format('GRANT CREATE ON DATABASE %I TO "
      "builder', current_database()); END$$");
  const auto writer = Writer();
  Command command = site().Segue("start");
  for (std::string& word : command.argv) {
    const std::size_t at = word.find("postgres@");
    if (at != std::string::npos) word.replace(at, 9, "builder@");
  }
  app().Query("ALTER ROLE builder CONNECTION LIMIT 2");
  Process start(command);
  WaitUntilBuilding(start, "1");
  std::this_thread::sleep_for(std::chrono::milliseconds(1'500));
  writer->Query("COMMIT");
  const Finished done = start.Wait();
  EXPECT_EQ(0, done.exit_code) << done.err;
  EXPECT_EQ("true", Valid());
  app().Query("DROP OWNED BY builder CASCADE");
  app().Query("DROP ROLE builder");
}

TEST_F(IndexTest, AnIndexInUseIsNotDropped) {
  WriteMigration(kDrop);
  site().MustRun("start");
  const auto reader = site().database().NewClient();
  reader->Query("SET enable_seqscan = off");
  reader->Query("SELECT id FROM users WHERE name = 'user 17'");
  // A session passes on what it counted within a second, or when it ends.
  reader->Query("SELECT pg_stat_force_next_flush()");
  const Finished refused = site().Run("complete");
  EXPECT_EQ(kRefused, refused.exit_code) << refused.err;
  EXPECT_NE(refused.err.find("Drop index 'users_name' of 'users'': queries "
                             "used it 1 time"),
            std::string::npos)
      << refused.err;
  Command forced = site().Segue("complete");
  forced.argv.push_back("--force");
  EXPECT_EQ(2, RunCommand(forced).exit_code);
  forced.argv.insert(forced.argv.end(), {"--reason", "the report is gone"});
  const Finished done = RunCommand(forced);
  EXPECT_EQ(0, done.exit_code) << done.err;
  EXPECT_EQ("0", *app().One("SELECT count(*) FROM pg_indexes WHERE indexname "
                            "= 'users_name'"));
  EXPECT_NE(site().Run("history").out.find("the report is gone"),
            std::string::npos);
}

// Who gave a reason and died has dropped nothing: the next one is asked too.
TEST_F(IndexTest, AnIndexInUseIsNotDroppedByWhoComesAfterAKill) {
  WriteMigration(kDrop);
  site().MustRun("start");
  const auto reader = site().database().NewClient();
  reader->Query("SET enable_seqscan = off");
  reader->Query("SELECT id FROM users WHERE name = 'user 17'");
  reader->Query("SELECT pg_stat_force_next_flush()");
  Command forced = site().Segue("complete", "kill:commit:SET phase");
  forced.argv.insert(forced.argv.end(),
                     {"--force", "--reason", "the report is gone"});
  EXPECT_EQ(128 + SIGKILL, RunCommand(forced).exit_code);
  site().WaitUntilSessionsEnd();
  EXPECT_NE(site().Run("status").out.find("CONTRACTING (sealed)"),
            std::string::npos);
  const Finished refused = site().Run("complete");
  EXPECT_EQ(kRefused, refused.exit_code) << refused.err;
  EXPECT_NE(refused.err.find("queries used it 1 time"), std::string::npos)
      << refused.err;
  EXPECT_EQ("1", *app().One("SELECT count(*) FROM pg_indexes WHERE indexname "
                            "= 'users_name'"));
  EXPECT_NE(site().Run("status").out.find("MIGRATING (ready)"),
            std::string::npos);
  forced.environment["SEGUE_FAULT"] = "";
  const Finished done = RunCommand(forced);
  EXPECT_EQ(0, done.exit_code) << done.err;
  EXPECT_EQ("0", *app().One("SELECT count(*) FROM pg_indexes WHERE indexname "
                            "= 'users_name'"));
}

TEST_F(IndexTest, AnUnusedIndexIsDroppedEvenWhenTheFirstTryIsKilled) {
  WriteMigration(kDrop);
  site().MustRun("start");
  site().MustRun("complete");
  const long statements = site().LastCounts().statements;
  for (long n = statements; n > 0; n -= 5) {
    site_ = std::make_unique<CrashSite>(PostgresTestbed(), Access::kInPlace);
    WriteMigration(kDrop);
    site().MustRun("start");
    site().Run("complete", "kill:before:" + std::to_string(n));
    site().WaitUntilSessionsEnd();
    const int again = site().Run("complete").exit_code;
    EXPECT_TRUE(again == 0 || again == 4) << n << ": " << again;
    EXPECT_EQ("0", *app().One("SELECT count(*) FROM pg_indexes WHERE "
                              "indexname = 'users_name'"))
        << n;
  }
}

}  // namespace
}  // namespace segue::test
