// A standby takes over, a synchronous one is away, or one has long queries.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <memory>

#include "tests/support/eventually.h"
#include "tests/support/postgres_server.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"
#include "tests/support/testbed.h"

namespace segue::test {
namespace {

using ::testing::HasSubstr;

class FailoverTest : public ::testing::Test {
 protected:
  void SetUp() override {
    SEGUE_SKIP_UNLESS_INSTALLED(PostgresTestbed());
    primary_ = std::make_unique<PostgresServer>();
    name_ = primary_->CreateDatabase();
    app_ = OpenPostgresClient(primary_->Url(name_));
    app_->Query(
        "CREATE TABLE users(id integer PRIMARY KEY, name text NOT NULL);"
        "INSERT INTO users SELECT i, 'n' || i FROM generate_series(1, 6000) i");
    standby_ = std::make_unique<PostgresServer>(*primary_, "standby1");
    WaitUntil(*app_,
              "SELECT count(*) FROM pg_stat_replication WHERE state = "
              "'streaming'",
              "1");
    Write("01_name.yaml",
          "operations:\n"
          "  - rename_column: {table: users, from: name, to: full_name}\n");
    // The signals are read before the first chunk, and rows move for seconds.
    Write("segue.yaml",
          "throttle: {replication_lag: {soft: 5s, hard: 50s}}\n"
          "backfill: {max_rate: 1500 rows/s}\n");
  }

  void Write(const std::string& name, const std::string& text) {
    std::ofstream(folder_.path() + "/" + name) << text;
  }
  // Whichever of both servers takes writes.
  std::string Either() {
    const auto host = [](const std::string& url) {
      const std::size_t at = url.find('@') + 1;
      return url.substr(at, url.find('/', at) - at);
    };
    return "postgres://postgres@/" + name_ +
           "?host=" + host(primary_->Url(name_)) + "," +
           host(standby_->Url(name_)) + "&target_session_attrs=read-write";
  }
  Command Line(std::vector<std::string> words, const std::string& url) {
    words.insert(words.end(), {"--url", url});
    Command command = SegueCommand(words);
    command.directory = folder_.path();
    command.environment["SEGUE_MONITOR_MS"] = "100";
    return command;
  }
  Finished Segue(const std::vector<std::string>& words) {
    return RunCommand(Line(words, primary_->Url(name_)));
  }
  void WaitForRows() {
    WaitUntil(*app_,
              "SELECT count(*) > 0 FROM pg_attribute WHERE attrelid = "
              "'users'::regclass AND attname = 'full_name'",
              "t");
    WaitUntil(*app_,
              "SELECT count(*) > 500 FROM users WHERE full_name IS NOT NULL",
              "t");
  }
  std::string WaitForStatus(const std::string& wanted) {
    std::string text;
    Eventually(
        [&] {
          text = Segue({"status"}).out;
          return text.find(wanted) != std::string::npos;
        },
        std::chrono::seconds(30), std::chrono::milliseconds(50));
    return text;
  }

  std::unique_ptr<PostgresServer> primary_;
  std::unique_ptr<PostgresServer> standby_;
  std::string name_;
  std::unique_ptr<Client> app_;
  TempDir folder_;
};

// The standby that was watched is the server now, and has none.
TEST_F(FailoverTest, TheRunGoesOnWhenItsStandbyTakesOver) {
  Process start(Line({"start", "01_name.yaml"}, Either()));
  WaitForRows();
  primary_->Stop(/*immediate=*/true);
  const auto replica = OpenPostgresClient(standby_->Url(name_));
  replica->Query("SELECT pg_promote()");
  const Finished finished = start.Wait(std::chrono::seconds(60));
  EXPECT_EQ(finished.exit_code, 0) << finished.err;
  EXPECT_THAT(finished.err, HasSubstr("another server has taken over"));
  EXPECT_EQ(replica->One("SELECT count(*) FROM users WHERE full_name = name"),
            "6000");
}

TEST_F(FailoverTest, ASynchronousStandbyThatIsAwayIsNamedAndAPauseGoesThrough) {
  primary_->Admin("ALTER SYSTEM SET synchronous_standby_names = 'Standby1'");
  primary_->Admin("SELECT pg_reload_conf()");
  WaitUntil(*app_, "SELECT sync_state FROM pg_stat_replication", "sync");
  Process start(Line({"start", "01_name.yaml"}, primary_->Url(name_)));
  WaitForRows();
  standby_->Stop(/*immediate=*/true);
  const std::string stopped = "pace        0 % (synchronous_standby_away)";
  EXPECT_THAT(WaitForStatus(stopped), HasSubstr(stopped));
  EXPECT_THAT(Segue({"status"}).out,
              HasSubstr("commits wait for synchronous standby standby1, which "
                        "is away"));
  // Nobody who reads or writes the table waits for a lock of segue's.
  EXPECT_EQ(app_->One("SELECT count(*) FROM pg_locks WHERE NOT granted"), "0");
  const auto began = std::chrono::steady_clock::now();
  EXPECT_THAT(Segue({"pause"}).out, HasSubstr("pauses after its chunk"));
  EXPECT_EQ(Segue({"resume"}).exit_code, 0);
  const Finished refused = Segue({"rollback"});
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(10));
  EXPECT_EQ(refused.exit_code, 3);
  EXPECT_THAT(refused.err, HasSubstr("synchronous standby standby1 is away"));
  standby_->Start();
  const Finished finished = start.Wait(std::chrono::seconds(60));
  EXPECT_EQ(finished.exit_code, 0) << finished.err;
  EXPECT_THAT(finished.err,
              HasSubstr("pace 0 %: synchronous_standby_away (standby1) is 1"));
}

TEST_F(FailoverTest, LongQueriesOfAStandbyAreNamedBeforeAContract) {
  Write("segue.yaml", "");
  EXPECT_THAT(Segue({"plan", "01_name.yaml"}).out,
              HasSubstr("standbys follow this server (standby1)"));
  const Finished started = Segue({"start", "01_name.yaml"});
  ASSERT_EQ(started.exit_code, 0) << started.err;
  const auto replica = OpenPostgresClient(standby_->Url(name_));
  replica->Query("BEGIN; SELECT count(*) FROM users");
  std::this_thread::sleep_for(std::chrono::milliseconds(5200));
  const std::vector<std::string> complete = {"complete", "--yes", "--standby",
                                             standby_->Url(name_)};
  const Finished refused = Segue(complete);
  EXPECT_EQ(refused.exit_code, 3);
  EXPECT_THAT(refused.err, HasSubstr("may cancel queries of 'users' on "));
  EXPECT_THAT(refused.err, HasSubstr("SELECT count(*) FROM users"));
  replica->Query("COMMIT");
  const Finished finished = Segue(complete);
  EXPECT_EQ(finished.exit_code, 0) << finished.err;
}

}  // namespace
}  // namespace segue::test
