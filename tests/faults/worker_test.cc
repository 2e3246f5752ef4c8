// Several workers walk one table: threads of the runner's, and other processes.
// They die, are cut off and are late; each row is moved once all the same.
#include <gtest/gtest.h>

#include <fstream>
#include <iostream>

#include "segue/error.h"
#include "tests/faults/crash_site.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"
#include "tests/support/testbed.h"

namespace segue::test {
namespace {

// Enough for several ranges.
constexpr const char* kRows = "230000";

class WorkerTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const Testbed testbed = PostgresTestbed();
    if (!testbed.missing.empty()) {
      std::cerr << "*** NOT TESTED: " << testbed.missing << " ***\n";
      GTEST_SKIP() << testbed.missing;
    }
    database_ = testbed.fresh();
    Make("id bigint PRIMARY KEY, v integer NOT NULL", "i, i");
    std::ofstream(folder_.path() + "/01_wide.yaml")
        << "operations:\n"
           "  - alter_column: {table: t, column: v, type: bigint,"
           " up: v + 1, down: v - 1}\n";
  }

  void Make(const std::string& columns, const std::string& values) {
    database_->Exec("DROP TABLE IF EXISTS t; CREATE TABLE t(" + columns +
                    "); INSERT INTO t SELECT " + values +
                    " FROM generate_series(1, " + kRows + ") i; ANALYZE t");
    before_ = database_->Dump();
  }

  Command Segue(std::vector<std::string> words, const std::string& fault = "") {
    Command run;
    run.argv = {SEGUE_FAULTY_BINARY};
    run.argv.insert(run.argv.end(), words.begin(), words.end());
    run.argv.insert(run.argv.end(), {"--url", database_->Url()});
    run.directory = folder_.path();
    run.environment = {{"SEGUE_FAULT", fault}, {"SEGUE_LEASE_SECONDS", "2"}};
    return run;
  }

  std::string One(const std::string& sql) { return *database_->app().One(sql); }

  // Filled once each, by the fill and not by the triggers.
  void ExpectFilled() {
    EXPECT_EQ(One("SELECT count(*) FROM segue.range"), "0");
    EXPECT_EQ(One("SELECT moved FROM segue.motion WHERE activity = 'backfill'"),
              kRows);
    const Finished verified = RunCommand(Segue({"verify", "--workers", "2"}));
    EXPECT_EQ(verified.exit_code, 0) << verified.err;
    const Finished done = RunCommand(Segue({"complete", "--yes"}));
    EXPECT_EQ(done.exit_code, 0) << done.err;
    EXPECT_EQ(One("SELECT sum(v) FROM t"), sum_);
  }
  void RememberSum() { sum_ = One("SELECT sum(v) + count(*) FROM t"); }

  TempDir folder_;
  std::unique_ptr<TestDatabase> database_;
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

TEST_F(WorkerTest, KeysOfAllKindsAreCut) {
  struct Kind {
    const char* columns;
    const char* values;
  };
  for (const Kind& kind : {
           Kind{"id uuid PRIMARY KEY, v integer NOT NULL",
                "gen_random_uuid(), i"},
           Kind{"a text, b integer, v integer NOT NULL, PRIMARY KEY (b, a)",
                "md5(i::text), i % 7, i"},
           Kind{"v integer NOT NULL", "i"},
           Kind{"id bigint PRIMARY KEY, v integer NOT NULL",
                "4611686018427387904 - 13000000000000 * i::bigint, i"},
       }) {
    SCOPED_TRACE(kind.columns);
    Make(kind.columns, kind.values);
    RememberSum();
    const Finished run =
        RunCommand(Segue({"start", "01_wide.yaml", "--workers", "2"}));
    EXPECT_EQ(run.exit_code, 0) << run.err;
    ExpectFilled();
    database_->Exec("DROP SCHEMA segue CASCADE");
  }
}

TEST_F(WorkerTest, AThreadWhoseSessionIsCutIsReplaced) {
  RememberSum();
  Process run(Segue({"start", "01_wide.yaml", "--workers", "3"}));
  for (int cut = 0; cut < 3;) {
    if (!run.running()) break;
    const std::string gone = One(
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE "
        "application_name LIKE '%worker%' AND datname = current_database()");
    if (gone != "0") ++cut;
  }
  const Finished done = run.Wait();
  EXPECT_EQ(done.exit_code, 0) << done.err;
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
  const auto deadline =
      std::chrono::steady_clock::now() + std::chrono::minutes(1);
  while (One("SELECT coalesce(sum(1 - done), 0) FROM segue.range") != "0") {
    ASSERT_LT(std::chrono::steady_clock::now(), deadline) << helper.Err();
  }
  runner.Kill(SIGCONT);
  const Finished ran = runner.Wait();
  EXPECT_EQ(ran.exit_code, 0) << ran.err;
  const Finished helped = helper.Wait();
  EXPECT_EQ(helped.exit_code, 0) << helped.err;
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
// leaves nothing behind.
TEST_F(WorkerTest, ARollbackStopsTheWorkersElsewhere) {
  const Finished killed =
      RunCommand(Segue({"start", "01_wide.yaml"}, "kill:backfill:3"));
  EXPECT_EQ(killed.exit_code, 128 + SIGKILL) << killed.err;
  database_->WaitUntilSessionsEnd();
  database_->Exec("UPDATE segue.range SET expires = 0");
  Process helper(Segue({"work", "--json"}, "stop:backfill:2"));
  WaitUntilStopped(helper);
  Process undo(Segue({"rollback"}));
  helper.Kill(SIGCONT);
  const Finished undone = undo.Wait();
  EXPECT_EQ(undone.exit_code, 0) << undone.err;
  const Finished helped = helper.Wait();
  EXPECT_EQ(helped.exit_code, 0) << helped.err;
  EXPECT_EQ(database_->Dump(), before_);
}

TEST(WorkOnSqlite, IsRefusedWithTheReason) {
  const auto database = SqliteTestbed().fresh();
  Command run;
  run.argv = {SEGUE_FAULTY_BINARY, "work", "--url", database->Url()};
  const Finished finished = RunCommand(run);
  EXPECT_EQ(finished.exit_code, 3);
  EXPECT_NE(finished.err.find("one writer at a time"), std::string::npos)
      << finished.err;
}

}  // namespace
}  // namespace segue::test
