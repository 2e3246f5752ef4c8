// What slows and stops a backfill, and who is told.
#include <gmock/gmock.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <functional>
#include <thread>

#include "base/clock.h"
#include "segue/error.h"
#include "segue/migrator.h"
#include "tests/support/eventually.h"
#include "tests/support/postgres_server.h"
#include "tests/support/temp_dir.h"
#include "tests/support/testbed.h"

namespace segue::test {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

constexpr int kRows = 12'000;

Migration RenameName() {
  Migration migration("01_rename", "Rename name");
  migration.RenameColumn("users", "name", "full_name");
  return migration;
}

// Ten readings a second: what takes seconds for people takes tenths here.
MigratorOptions Hurried(MigratorOptions options) {
  options.pace.reading_interval = std::chrono::milliseconds(100);
  return options;
}

// A migration on a thread of its own, watched through another session.
class Running {
 public:
  Running(const std::function<Database()>& open, const MigratorOptions& options,
          const Migration& migration)
      : database_(open()),
        watched_(open()),
        watcher_(watched_, {}),
        thread_([this, options = Hurried(options), migration] {
          try {
            outcome_ = Migrator(database_, options).Start(migration);
          } catch (const Error& error) {
            error_ = error.what();
          }
          over_ = true;
        }) {}
  ~Running() {
    if (thread_.joinable()) thread_.join();
  }

  // Until the runner's pace is held back for this reason, or the time is up.
  MigrationStatus WaitForReason(const std::string& reason, double at_most = 1) {
    std::optional<MigrationStatus> status;
    Wait([&] {
      status = watcher_.Status();
      return status && status->pace_reason == reason && status->pace <= at_most;
    });
    return status.value_or(MigrationStatus{});
  }
  // The walk has begun, and the monitor with it.
  void WaitForRows() {
    Wait([&] {
      const auto status = watcher_.Status();
      return status && status->rows_done > 0;
    });
  }
  std::int64_t Rows() { return watcher_.Status()->rows_done; }
  void ExpectStandsStill() {
    const std::int64_t rows = Rows();
    std::this_thread::sleep_for(std::chrono::milliseconds(700));
    EXPECT_EQ(Rows(), rows);
    EXPECT_FALSE(over_);
  }
  // Its history, as lines.
  std::vector<std::string> Finish() {
    thread_.join();
    EXPECT_EQ(error_, "");
    EXPECT_EQ(outcome_.status.sub_state, SubState::kReady);
    std::vector<std::string> lines;
    for (const HistoryEntry& entry : outcome_.history) {
      lines.push_back(std::string(ToString(entry.kind)) + " " + entry.message);
    }
    return lines;
  }
  void ExpectFails(const std::string& why) {
    thread_.join();
    EXPECT_THAT(error_, HasSubstr(why));
    EXPECT_EQ(watcher_.Status()->phase, Phase::kRolledBack) << error_;
  }
  Migrator& watcher() { return watcher_; }

 private:
  void Wait(const std::function<bool()>& what) {
    bool happened = false;
    Eventually(
        [&] {
          happened = what();
          return happened || over_;
        },
        std::chrono::seconds(30), std::chrono::milliseconds(20));
    if (!happened) ADD_FAILURE() << "it never happened; " << error_;
  }

  Database database_;
  Database watched_;
  Migrator watcher_;
  Outcome outcome_;
  std::string error_;
  std::atomic<bool> over_{false};
  std::thread thread_;  // last: it uses the others
};

class ThrottleTest : public DialectTest {
 protected:
  void SetUp() override {
    DialectTest::SetUp();
    if (IsSkipped()) return;
    db().Exec("CREATE TABLE users(id integer PRIMARY KEY, name text NOT NULL)");
    db().Exec(
        "WITH RECURSIVE s(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM s WHERE "
        "i < " +
        std::to_string(kRows) +
        ") INSERT INTO users SELECT i, 'n' || i FROM s");
  }

  std::unique_ptr<Running> Start(const MigratorOptions& options,
                                 const Migration& migration = RenameName()) {
    return std::make_unique<Running>([this] { return db().Open(); }, options,
                                     migration);
  }
  static MigratorOptions Limited(const SignalLimit& limit) {
    MigratorOptions options;
    options.pace.limits = {limit};
    options.chunk_time = std::chrono::milliseconds(20);
    return options;
  }
  void ExpectAllMoved() {
    EXPECT_EQ(
        db().app().One("SELECT count(*) FROM users WHERE full_name = name"),
        std::to_string(kRows));
  }
};

TEST_P(ThrottleTest, AFlagFileHoldsItUntilItIsGone) {
  const TempDir folder;
  const std::string flag = folder.path() + "/hold";
  std::ofstream(flag) << "deploying";
  const auto running = Start(Limited({"flag_file", flag, 0.5, 1, false}));
  const MigrationStatus held = running->WaitForReason("flag_file", 0);
  EXPECT_EQ(held.pace, 0);
  running->ExpectStandsStill();
  std::filesystem::remove(flag);
  const auto history = running->Finish();
  EXPECT_THAT(history,
              Contains("PACE 0 %: flag_file of " + flag + " is 1, limit 0.50"));
  EXPECT_THAT(history, Contains(HasSubstr("PACE 10 %: flag_file")));
  ExpectAllMoved();
}

TEST_P(ThrottleTest, AnHourOutsideTheWindowHoldsIt) {
  // A window of an hour that is twelve hours away.
  const auto now = base::SystemClock().WallTime();
  const std::string noon = base::FormatUtc(now + std::chrono::hours(12));
  const std::string end = base::FormatUtc(now + std::chrono::hours(13));
  MigratorOptions options;
  options.pace.window = noon.substr(11, 5) + "-" + end.substr(11, 5);
  const auto running = Start(options);
  const MigrationStatus held = running->WaitForReason("window", 0);
  EXPECT_EQ(held.pace, 0);
  running->ExpectStandsStill();
  EXPECT_EQ(running->Rows(), 0);
  running->watcher().RequestCancel();
}

TEST_P(ThrottleTest, SomebodyAsksForLessAndThenForAll) {
  MigratorOptions options;
  options.chunk_time = std::chrono::milliseconds(10);
  options.pace.rows_per_second = 6'000;
  const auto running = Start(options);
  running->WaitForRows();
  running->watcher().RequestPace(0.05);
  EXPECT_EQ(running->WaitForReason("requested").pace, 0.05);
  running->watcher().RequestPace(1);
  EXPECT_EQ(running->WaitForReason("").pace, 1);
  const auto history = running->Finish();
  EXPECT_THAT(history, Contains("PACE 5 %: as requested"));
  EXPECT_THAT(history, Contains("PACE 100 %"));
  ExpectAllMoved();
}

TEST_P(ThrottleTest, RowsASecondAreKept) {
  Migration migration = RenameName();
  migration.pace.rows_per_second = 4'000;  // of the file
  const auto begin = std::chrono::steady_clock::now();
  Start(MigratorOptions{}, migration)->Finish();
  const std::chrono::duration<double> took =
      std::chrono::steady_clock::now() - begin;
  // Without what may be saved up, and the last chunk, after which none rests.
  EXPECT_GT(took.count(), kRows / 4'000.0 - 0.2 - 0.5);
  EXPECT_LT(took.count(), kRows / 4'000.0 + 10);
  ExpectAllMoved();
}

// However many work, they are held together and keep one rate.
TEST_P(ThrottleTest, SeveralWorkersAreHeldTogether) {
  const TempDir folder;
  const std::string flag = folder.path() + "/hold";
  MigratorOptions options = Limited({"flag_file", flag, 0.5, 1, false});
  options.workers = 3;
  options.pace.rows_per_second = 4'000;
  const auto begin = std::chrono::steady_clock::now();
  const auto running = Start(options);
  running->WaitForRows();
  std::ofstream(flag) << "deploying";
  running->WaitForReason("flag_file", 0);
  // Chunks that had begun come to their end.
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  running->ExpectStandsStill();
  std::filesystem::remove(flag);
  running->Finish();
  const std::chrono::duration<double> took =
      std::chrono::steady_clock::now() - begin;
  EXPECT_GT(took.count(), kRows / 4'000.0 * 0.8);
  ExpectAllMoved();
}

// A rollback that was asked for goes its way: the flag and the cancellation
// hold fills.
TEST_P(ThrottleTest, ARollbackIsSlowedAndNotStopped) {
  // The way back is slow all through: few rows, and fewer moved until the flag
  // is seen.
  db().Exec("DELETE FROM users WHERE id > 2000");
  db().Exec("ALTER TABLE users ADD COLUMN nick text");
  const std::string before = db().Dump();
  Migration migration("02_replace", "Replace name by nick");
  migration.ReplaceColumn("users", "name", "nick");
  const TempDir folder;
  const std::string flag = folder.path() + "/hold";
  MigratorOptions options = Limited({"flag_file", flag, 0.5, 1, false});
  options.pace.rows_per_second = 500;
  const auto running = Start(options, migration);
  running->WaitForRows();
  std::ofstream(flag) << "deploying";
  running->WaitForReason("flag_file", 0);
  running->watcher().RequestCancel();
  running->ExpectFails("cancelled by");
  EXPECT_EQ(db().Dump(), before);
  EXPECT_EQ(db().app().One("SELECT count(nick) FROM users"), "0");
}

TEST_P(ThrottleTest, WhatCannotBeWatchedIsRefusedBeforeAnythingIsDone) {
  const std::string before = db().Dump();
  const std::string& signal = Text("signal that cannot be read");
  Database database = db().Open();
  try {
    Migrator(database, Limited({signal, "SELECT no_such_column", 1, 2, false}))
        .Start(RenameName());
    FAIL() << "it began";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kRefused);
    EXPECT_THAT(error.what(), HasSubstr("'" + signal + "'"));
    EXPECT_THAT(error.what(), HasSubstr(Text("no such signal")));
  }
  EXPECT_EQ(db().Dump(), before);
}

SEGUE_INSTANTIATE(ThrottleTest);

class ThrottlePostgresTest : public ThrottleTest {};

TEST_P(ThrottlePostgresTest, AQueryPastItsLimitHoldsIt) {
  db().Exec("CREATE TABLE queue(jobs integer); INSERT INTO queue VALUES (90)");
  const std::string query = "SELECT jobs FROM queue";
  const auto running = Start(Limited({"sql", query, 10, 50, false}));
  running->WaitForReason("sql", 0);
  running->ExpectStandsStill();
  db().Exec("UPDATE queue SET jobs = 3");
  const auto history = running->Finish();
  EXPECT_THAT(history,
              Contains("PACE 0 %: sql of " + query + " is 90, limit 10"));
  ExpectAllMoved();
}

TEST_P(ThrottlePostgresTest, AQueryThatFailsAllOfASuddenHoldsIt) {
  db().Exec("CREATE TABLE queue(jobs integer); INSERT INTO queue VALUES (1)");
  MigratorOptions options =
      Limited({"sql", "SELECT jobs FROM queue", 10, 50, false});
  options.pace.rows_per_second = 5'000;
  const auto running = Start(options);
  running->WaitForRows();
  db().Exec("ALTER TABLE queue RENAME TO gone");
  const MigrationStatus held = running->WaitForReason("signal_lost", 0);
  EXPECT_EQ(held.pace, 0);
  db().Exec("ALTER TABLE gone RENAME TO queue");
  const auto history = running->Finish();
  EXPECT_THAT(history, Contains(HasSubstr("cannot be read any more")));
  ExpectAllMoved();
}

TEST_P(ThrottlePostgresTest, SessionsThatWaitForLocksSlowIt) {
  db().Exec("CREATE TABLE other(id integer)");
  const auto holder = db().NewClient();
  holder->Query("BEGIN; LOCK TABLE other");
  std::vector<std::thread> waiting;
  for (int i = 0; i < 3; ++i) {
    waiting.emplace_back([this] {
      const auto client = db().NewClient();
      client->Query("SELECT count(*) FROM other");
    });
  }
  WaitUntil(db().app(), "SELECT count(*) FROM pg_locks WHERE NOT granted", "3");
  const auto running = Start(Limited({"lock_waits", "", 1, 3, false}));
  running->WaitForReason("lock_waits", 0);
  holder->Query("ROLLBACK");
  for (std::thread& thread : waiting) thread.join();
  const auto history = running->Finish();
  EXPECT_THAT(history, Contains("PACE 0 %: lock_waits is 3, limit 1"));
  ExpectAllMoved();
}

TEST_P(ThrottlePostgresTest, MakesWayForOthersAtWork) {
  std::atomic<bool> over{false};
  const auto client = db().NewClient();
  std::thread other([&] {
    while (!over) {
      client->Query("SELECT 1");
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
  });
  MigratorOptions options;
  options.pace.rows_per_second = 3'000;  // so that the monitor begins
  // What a chunk's commit waits for.
  db().Exec(
      "CREATE TABLE seen (setting text PRIMARY KEY);"
      "CREATE FUNCTION see() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
      "INSERT INTO seen VALUES (current_setting('synchronous_commit')) "
      "ON CONFLICT DO NOTHING; RETURN NULL; END $$;"
      "CREATE TRIGGER see AFTER UPDATE ON users FOR EACH STATEMENT EXECUTE "
      "FUNCTION see()");
  const auto running = Start(options);
  const MigrationStatus held = running->WaitForReason("foreground", 0.5);
  over = true;
  other.join();
  EXPECT_EQ(held.pace, 0.5);
  EXPECT_THAT(running->Finish(),
              Contains("PACE 50 %: foreground is 1, limit 0"));
  EXPECT_EQ(
      db().app().One("SELECT string_agg(setting, ' ' ORDER BY setting) FROM "
                     "seen"),
      "local off");
  ExpectAllMoved();
}

// What the whole machine does slows the server, which other tests keep busy
// here.
bool IsOfMachine(const std::string& line) {
  const auto names = [&](const char* signal) {
    return line.find(signal) != std::string::npos;
  };
  return names("load_average") || names("memory_free") || names("disk_free") ||
         names("probe_latency");
}

// All signals are read, and none of the defaults stops an idle server.
TEST_P(ThrottlePostgresTest, AnIdleServerIsNotSlowed) {
  MigratorOptions options;
  options.pace.rows_per_second = 6'000;  // so that the monitor begins
  const auto history = Start(options)->Finish();
  for (const std::string& line : history) {
    EXPECT_TRUE(!line.starts_with("PACE") || IsOfMachine(line)) << line;
    EXPECT_THAT(line, ::testing::Not(HasSubstr("cannot read"))) << line;
  }
}

// What an ordinary owner may not see is off, and is said to be; asked for, it
// is refused with the privilege that it needs.
TEST_P(ThrottlePostgresTest, WhatARoleMayNotSeeIsNamed) {
  db().Exec(
      "DO $$ BEGIN CREATE ROLE throttle_owner LOGIN; "
      "EXCEPTION WHEN duplicate_object THEN NULL; END $$;"
      "ALTER TABLE users OWNER TO throttle_owner;"
      "GRANT ALL ON SCHEMA public TO throttle_owner");
  db().Exec("GRANT CREATE ON DATABASE " +
            *db().app().One("SELECT current_database()") +
            " TO throttle_owner");
  const auto open = [this] {
    return Database::Open({db().Url(), "", "throttle_owner"});
  };
  MigratorOptions options;
  options.pace.rows_per_second = 6'000;
  const auto history = Running(open, options, RenameName()).Finish();
  EXPECT_THAT(history, Contains(HasSubstr("NOTE the throttle does not watch "
                                          "what it cannot read: ")));
  EXPECT_THAT(history, Contains(HasSubstr("active_sessions (needs pg_read_all_"
                                          "stats (member of pg_monitor))")));
  Database database = open();
  try {
    Migrator(database, Limited({"old_snapshot", "", 60, 600, false}))
        .Start(RenameName());
    ADD_FAILURE() << "it began";
  } catch (const Error& error) {
    EXPECT_THAT(error.hint(), HasSubstr("it needs pg_read_all_stats"));
  }
}

SEGUE_INSTANTIATE_ON(ThrottlePostgresTest, PostgresTestbed());

TEST(ThrottleStandbyTest, AStandbyThatStopsHoldsItUntilItIsBack) {
  SEGUE_SKIP_UNLESS_INSTALLED(PostgresTestbed());
  PostgresServer primary;
  const std::string url = primary.Url(primary.CreateDatabase());
  const auto app = OpenPostgresClient(url);
  app->Query(
      "CREATE TABLE users(id integer PRIMARY KEY, name text NOT NULL);"
      "INSERT INTO users SELECT i, 'n' || i FROM generate_series(1, 20000) i");
  PostgresServer standby(primary, "standby1");
  WaitUntil(*app, "SELECT count(*) FROM pg_stat_replication", "1");
  MigratorOptions options;
  options.pace.limits = {{"replication_lag", "", 1, 10, false},
                         {"replication_backlog", "", 1e6, 4e6, false}};
  options.pace.rows_per_second = 2'000;
  Running running(
      [&] {
        return Database::Open({url, "", ""});
      },
      options, RenameName());
  running.WaitForRows();
  // It is there and replays nothing: what it has not replayed grows.
  const auto replica = OpenPostgresClient(standby.Url("postgres"));
  replica->Query("SELECT pg_wal_replay_pause()");
  app->Query(
      "CREATE TABLE noise AS SELECT repeat('x', 500) AS x FROM "
      "generate_series(1, 20000)");
  running.WaitForReason("replication_backlog", 0);
  replica->Query("SELECT pg_wal_replay_resume()");
  running.WaitForReason("replication_backlog", 0.2);
  // It is gone.
  standby.Stop(/*immediate=*/true);
  running.WaitForReason("signal_lost", 0);
  running.ExpectStandsStill();
  standby.Start();
  const auto history = running.Finish();
  EXPECT_THAT(history,
              Contains(HasSubstr("of standby1 cannot be read any more")));
  EXPECT_THAT(history,
              Contains(HasSubstr("replication_backlog of standby1 is ")));
  EXPECT_EQ(app->One("SELECT count(*) FROM users WHERE full_name = name"),
            "20000");
}

}  // namespace
}  // namespace segue::test
