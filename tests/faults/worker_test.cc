// Several workers walk one table: threads of the runner's, and other processes.
// They die, are cut off, are late and meet applications that write the same
// rows; each row is moved once all the same.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <thread>
#include <vector>

#include "segue/error.h"
#include "tests/faults/crash_site.h"
#include "tests/support/built.h"
#include "tests/support/eventually.h"
#include "tests/support/postgres_server.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"
#include "tests/support/testbed.h"

namespace segue::test {
namespace {

using ::testing::HasSubstr;

// Enough for several ranges, and for one for each of four workers.
constexpr const char* kRows = "230000";
constexpr const char* kManyRows = "430000";

class WorkerTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const Testbed testbed = PostgresTestbed();
    SEGUE_SKIP_UNLESS_INSTALLED(testbed);
    database_ = testbed.fresh();
    Make("id bigint PRIMARY KEY, v integer NOT NULL", "i, i");
    std::ofstream(folder_.path() + "/01_wide.yaml")
        << "operations:\n"
           "  - alter_column: {table: t, column: v, type: bigint,"
           " up: v + 1, down: v - 1}\n";
  }

  void Make(const std::string& columns, const std::string& values,
            const std::string& rows = kRows) {
    rows_ = rows;
    database_->Exec("DROP TABLE IF EXISTS t; CREATE TABLE t(" + columns +
                    "); INSERT INTO t SELECT " + values +
                    " FROM generate_series(1, " + rows + ") i; ANALYZE t");
    before_ = database_->Dump();
  }
  // One range for each of four workers.
  void MakeMany() {
    Make("id bigint PRIMARY KEY, v integer NOT NULL", "i, i", kManyRows);
  }

  Command Segue(std::vector<std::string> words, const std::string& fault = "") {
    Command run;
    run.argv = {FaultySegueProgram()};
    run.argv.insert(run.argv.end(), words.begin(), words.end());
    run.argv.insert(run.argv.end(), {"--url", database_->Url()});
    run.directory = folder_.path();
    run.environment = {{"SEGUE_FAULT", fault}, {"SEGUE_LEASE_SECONDS", "2"}};
    return run;
  }

  // In a session of its own: the server goes down at times.
  std::string One(const std::string& sql) {
    return *database_->NewClient()->One(sql);
  }

  // Filled once each, by the fill and not by the triggers.
  void ExpectFilled() {
    EXPECT_EQ(One("SELECT moved FROM segue.motion WHERE activity = 'backfill'"),
              rows_);
    ExpectSound();
  }
  void ExpectSound() {
    EXPECT_EQ(One("SELECT count(*) FROM segue.range"), "0");
    const Finished verified = RunCommand(Segue({"verify", "--workers", "2"}));
    EXPECT_EQ(verified.exit_code, 0) << verified.err;
    const Finished done = RunCommand(Segue({"complete", "--yes"}));
    EXPECT_EQ(done.exit_code, 0) << done.err;
    EXPECT_EQ(One("SELECT sum(v) FROM t"), sum_);
  }
  void RememberSum() { sum_ = One("SELECT sum(v) + count(*) FROM t"); }

  TempDir folder_;
  std::unique_ptr<TestDatabase> database_;
  std::string rows_;
  std::string before_;
  std::string sum_;
};

TEST_F(WorkerTest, ThreadsShareATable) {
  RememberSum();
  const Finished run =
      RunCommand(Segue({"start", "01_wide.yaml", "--workers", "3"}));
  EXPECT_EQ(run.exit_code, 0) << run.err;
  ExpectFilled();
}

struct KeyKind {
  const char* name;
  const char* columns;
  const char* values;
};

void PrintTo(const KeyKind& kind, std::ostream* out) { *out << kind.columns; }

std::string KindName(const ::testing::TestParamInfo<KeyKind>& info) {
  return info.param.name;
}

class KeyKindTest : public WorkerTest,
                    public ::testing::WithParamInterface<KeyKind> {};

TEST_P(KeyKindTest, IsCut) {
  Make(GetParam().columns, GetParam().values);
  RememberSum();
  const Finished run =
      RunCommand(Segue({"start", "01_wide.yaml", "--workers", "2"}));
  EXPECT_EQ(run.exit_code, 0) << run.err;
  ExpectFilled();
}

INSTANTIATE_TEST_SUITE_P(
    Faults, KeyKindTest,
    ::testing::Values(
        KeyKind{"Uuid", "id uuid PRIMARY KEY, v integer NOT NULL",
                "gen_random_uuid(), i"},
        KeyKind{"Composite",
                "a text, b integer, v integer NOT NULL, PRIMARY KEY (b, a)",
                "md5(i::text), i % 7, i"},
        KeyKind{"None", "v integer NOT NULL", "i"},
        KeyKind{"Sparse", "id bigint PRIMARY KEY, v integer NOT NULL",
                "4611686018427387904 - 13000000000000 * i::bigint, i"}),
    KindName);

TEST_F(WorkerTest, AThreadWhoseSessionIsCutIsReplaced) {
  RememberSum();
  Process run(Segue({"start", "01_wide.yaml", "--workers", "3"}));
  const auto app = database_->NewClient();
  int cut = 0;
  // Rarely, because segue slows down beside sessions that are at work, and then
  // replaces nobody.
  Eventually(
      [&] {
        const Cell gone = app->One(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
            "WHERE application_name LIKE '%worker%' AND datname = "
            "current_database()");
        if (gone != "0") ++cut;
        return cut == 3 || !run.running();
      },
      std::chrono::minutes(1), std::chrono::milliseconds(300));
  const Finished done = run.Wait();
  EXPECT_EQ(done.exit_code, 0) << done.err;
  EXPECT_GT(cut, 0) << "it was over before a session was cut";
  ExpectFilled();
}

// The runner hangs in its first range. Its claim expires, and what it comes
// back with is refused.
TEST_F(WorkerTest, AnotherProcessTakesOverFromOneThatHangs) {
  RememberSum();
  Command hung = Segue({"start", "01_wide.yaml"}, "stop:backfill:1");
  hung.environment["SEGUE_LEASE_SECONDS"] = "600";  // the lease, not the range
  Process runner(hung);
  WaitUntilStopped(runner);
  database_->Exec("UPDATE segue.range SET expires = 0");
  Process helper(Segue({"work", "--json"}));
  ASSERT_TRUE(Eventually([&] {
    return One("SELECT coalesce(sum(1 - done), 0) FROM segue.range") == "0";
  })) << helper.Err();
  runner.Kill(SIGCONT);
  const Finished ran = runner.Wait();
  EXPECT_EQ(ran.exit_code, 0) << ran.err;
  const Finished helped = helper.Wait();
  EXPECT_EQ(helped.exit_code, 0) << helped.err << helped.out;
  EXPECT_EQ(helped.out, "{\"rows_moved\": " + std::string(kRows) + "}\n");
  ExpectFilled();
}

TEST_F(WorkerTest, ADeadRunnersRangesAreGoneOnWith) {
  RememberSum();
  const Finished killed = RunCommand(
      Segue({"start", "01_wide.yaml", "--workers", "2"}, "kill:backfill:9"));
  EXPECT_EQ(killed.exit_code, 128 + SIGKILL) << killed.err;
  database_->WaitUntilSessionsEnd();
  const Finished again =
      RunCommand(Segue({"start", "01_wide.yaml", "--workers", "2"}));
  EXPECT_EQ(again.exit_code, 0) << again.err;
  ExpectFilled();
}

// A worker that is still at it when the migration is undone stops by itself and
// leaves nothing behind: at the same time, or when the columns that it was
// about to write are gone.
TEST_F(WorkerTest, ARollbackStopsTheWorkersElsewhere) {
  for (const bool at_once : {true, false}) {
    SCOPED_TRACE(at_once ? "at once" : "afterwards");
    const Finished killed =
        RunCommand(Segue({"start", "01_wide.yaml"}, "kill:backfill:3"));
    EXPECT_EQ(killed.exit_code, 128 + SIGKILL) << killed.err;
    database_->WaitUntilSessionsEnd();
    database_->Exec("UPDATE segue.range SET expires = 0");
    Process helper(Segue({"work", "--json"}, "stop:backfill:2"));
    WaitUntilStopped(helper);
    Process undo(Segue({"rollback"}));
    if (at_once) helper.Kill(SIGCONT);
    const Finished undone = undo.Wait();
    EXPECT_EQ(undone.exit_code, 0) << undone.err;
    if (!at_once) helper.Kill(SIGCONT);
    const Finished helped = helper.Wait();
    EXPECT_EQ(helped.exit_code, 0) << helped.err << helped.out;
    EXPECT_EQ(database_->Dump(), before_);
  }
}

TEST_F(WorkerTest, AServerThatRestartsIsGoneOnWith) {
  MakeMany();
  RememberSum();
  Process run(Segue({"start", "01_wide.yaml", "--workers", "4"}));
  const auto app = database_->NewClient();
  WaitUntil(*app, "SELECT to_regclass('segue.range') IS NOT NULL", "t");
  WaitUntil(*app, "SELECT coalesce(sum(moved), 0) > 0 FROM segue.range", "t");
  ASSERT_TRUE(run.running()) << "it was over before the server went down";
  PostgresServer::Shared().Restart(/*immediate=*/true);
  const Finished done = run.Wait();
  if (done.exit_code != 0) {
    EXPECT_EQ(done.exit_code, 6) << done.err;
    const Finished again =
        RunCommand(Segue({"start", "01_wide.yaml", "--workers", "4"}));
    EXPECT_EQ(again.exit_code, 0) << again.err;
  }
  ExpectFilled();
}

// Of the rows on the page of this position: "(12,65535)".
std::string OnPage(const std::string& position) {
  const std::string page = position.substr(0, position.find(','));
  return "ctid >= '" + page + ",0)' AND ctid <= '" + page + ",65535)'";
}

// Somebody has changed a row and gone to lunch. The other ranges are filled
// meanwhile, who is in the way of a thread is named, and when the row is free
// it ends.
TEST_F(WorkerTest, ARowThatIsLockedForLongHoldsUpNothingElse) {
  const bool all = std::getenv("SEGUE_TEST_ALL") != nullptr;
  const std::chrono::seconds held(all ? 60 : 7);
  MakeMany();
  RememberSum();
  Command start = Segue({"start", "01_wide.yaml", "--workers", "4"});
  // As users have it: nobody takes the range of one that only waits.
  start.environment.erase("SEGUE_LEASE_SECONDS");
  Process run(start);
  const auto app = database_->NewClient();
  WaitUntil(*app, "SELECT to_regclass('segue.range') IS NOT NULL", "t");
  const std::string threads =
      " FROM segue.range WHERE worker LIKE '% helper %' AND done = 0 AND "
      "upper_key <> '[]'";
  WaitUntil(*app, "SELECT count(*) > 0" + threads, "t");
  // The last page of a range that has just been begun.
  app->Query("BEGIN; UPDATE t SET v = v WHERE " +
             OnPage(*app->One("SELECT min(upper_key::json->>0)" + threads)));
  const auto begin = std::chrono::steady_clock::now();
  // Long before the thread loses its patience.
  run.WaitForOutput("held by session " + *app->One("SELECT pg_backend_pid()"),
                    std::chrono::seconds(20));
  WaitUntil(*database_->NewClient(),
            "SELECT count(*) FILTER (WHERE done = 0) FROM segue.range", "1");
  std::this_thread::sleep_until(begin + held);
  app->Query("COMMIT");
  const Finished done = run.Wait();
  if (all && done.exit_code != 0) {  // longer than a run has patience
    EXPECT_EQ(done.exit_code, 5) << done.err;
    const Finished again =
        RunCommand(Segue({"start", "01_wide.yaml", "--workers", "4"}));
    EXPECT_EQ(again.exit_code, 0) << again.err;
  } else {
    EXPECT_EQ(done.exit_code, 0) << done.err;
  }
  ExpectSound();
}

// Changes the last row of a range, waits until its chunk waits for this
// session, and then changes the other rows of that page, of which the chunk has
// changed some or all: a deadlock. Returns how many rows it changed.
long CrossAChunk(Client& app) {
  const Cell page = app.One(
      "SELECT min(upper_key::json->>0) FROM segue.range WHERE done = 0 AND "
      "worker <> '' AND upper_key <> '[]'");
  if (!page) return 0;
  const Cell last = app.One("SELECT max(id) FROM t WHERE " + OnPage(*page));
  if (!last) return 0;  // the chunk has gone by, and its rows are elsewhere
  const auto change = [&](const std::string& which) {
    return std::stol(*app.One("WITH changed AS (UPDATE t SET v = v + 1 WHERE " +
                              which +
                              " RETURNING 1) SELECT count(*) FROM changed"));
  };
  const auto is = [&](const std::string& condition) {
    return *app.One("SELECT count(*) > 0 FROM " + condition) == "t";
  };
  app.Query("BEGIN");
  long changed = change("id = " + *last);
  const auto waits = [&] {
    return is(
        "pg_locks WHERE NOT granted AND locktype = 'transactionid' AND "
        "pg_backend_pid() = ANY(pg_blocking_pids(pid))");
  };
  const auto over = [&] {
    return !is("segue.range WHERE done = 0 AND upper_key::json->>0 = '" +
               *page + "'");
  };
  Eventually([&] { return waits() || over(); });
  if (waits()) changed += change("id < " + *last + " AND " + OnPage(*page));
  app.Query("COMMIT");
  return changed;
}

// The fill is the one that gives way: it waits for a tenth of the time that an
// application does before the server looks for a deadlock.
TEST_F(WorkerTest, DeadlocksAreTheFillsToRepeat) {
  // One range for each of three workers.
  constexpr long rows = 330'000;
  Make("id bigint PRIMARY KEY, v integer NOT NULL", "i, i",
       std::to_string(rows));
  Process run(Segue({"start", "01_wide.yaml", "--workers", "3"}));
  const auto app = database_->NewClient();
  WaitUntil(*app, "SELECT to_regclass('segue.range') IS NOT NULL", "t");
  // What a server has by default, and most roles cannot change.
  app->Query("SET deadlock_timeout = '1s'");
  const auto deadlocks = [&] {
    return std::stol(
        *app->One("SELECT deadlocks FROM pg_stat_database WHERE datname = "
                  "current_database()"));
  };
  long written = 0;
  while (deadlocks() == 0 && run.running()) written += CrossAChunk(*app);
  const Finished done = run.Wait();
  EXPECT_EQ(done.exit_code, 0) << done.err;
  EXPECT_GT(written, 0);
  EXPECT_GT(deadlocks(), 0) << done.err;
  sum_ = std::to_string(rows * (rows + 1) / 2 + rows + written);
  ExpectSound();
}

TEST(WorkOnSqlite, IsRefusedWithTheReason) {
  const auto database = SqliteTestbed().fresh();
  Command run;
  run.argv = {FaultySegueProgram(), "work", "--url", database->Url()};
  const Finished finished = RunCommand(run);
  EXPECT_EQ(finished.exit_code, 3);
  EXPECT_NE(finished.err.find("one writer at a time"), std::string::npos)
      << finished.err;
}

}  // namespace
}  // namespace segue::test
