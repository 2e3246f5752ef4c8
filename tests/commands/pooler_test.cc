// segue through a real PgBouncer, beside the clients of an application: what it
// may do there leaves nothing to them, and the rest needs a way past it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <mutex>
#include <thread>

#include "tests/commands/bad_input.h"
#include "tests/support/pgbouncer.h"
#include "tests/support/postgres_server.h"
#include "tests/support/roles.h"

namespace segue::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using Words = std::vector<std::string>;

constexpr int kUsage = 2;
constexpr int kRefused = 3;
constexpr int kNotFound = 4;

// What a client finds in the session that it got: settings that somebody has
// left, a role, locks, prepared statements, temporary tables, channels. The
// pooler sets the first of the settings that are left out here for each client.
constexpr const char* kLeftSql = R"sql(
SELECT coalesce(string_agg(name || '=' || setting, ' '), ''), current_user,
  (SELECT count(*) FROM pg_locks
    WHERE locktype = 'advisory' AND pid = pg_backend_pid()),
  (SELECT count(*) FROM pg_prepared_statements),
  (SELECT count(*) FROM pg_class WHERE relpersistence = 't'),
  (SELECT count(*) FROM pg_listening_channels()),
  current_setting('application_name')
FROM pg_settings WHERE source = 'session' AND name NOT IN ('application_name',
  'client_encoding', 'DateStyle', 'TimeZone', 'standard_conforming_strings')
)sql";

// Clients of an application, each in a thread of its own.
class Crowd {
 public:
  ~Crowd() { Stop(); }

  // Each repeats the statements and then looks at what is left there. `role` is
  // the current_user that it expects.
  void Add(int count, const std::string& url, const std::string& role,
           const std::string& sql) {
    for (int i = 0; i < count; ++i) {
      threads_.emplace_back([=, this] { Work(url, role, sql); });
    }
  }
  void Stop() {
    stopping_ = true;
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
  }
  int rounds() const { return rounds_; }
  std::vector<std::string> troubles() {
    const std::lock_guard<std::mutex> lock(mutex_);
    return troubles_;
  }

 private:
  void Work(const std::string& url, const std::string& role,
            const std::string& sql) {
    try {
      const auto client = OpenPooledClient(url);
      const std::string nothing = "|" + role + "|0|0|0|0|\n";
      while (!stopping_) {
        client->Query(sql);
        const std::string left = ToLines(client->Query(kLeftSql));
        if (left != nothing) Tell("left: " + left);
        ++rounds_;
        // The machine is for segue, too.
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
      }
    } catch (const ClientError& error) {
      Tell(error.what());
    }
  }
  void Tell(const std::string& trouble) {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (troubles_.size() < 20) troubles_.push_back(trouble);
  }

  std::vector<std::thread> threads_;
  std::atomic<bool> stopping_ = false;
  std::atomic<int> rounds_ = 0;
  std::mutex mutex_;
  std::vector<std::string> troubles_;
};

class PoolerTest : public BadInputTest {
 protected:
  void SetUp() override {
    BadInputTest::SetUp();
    if (IsSkipped()) return;
    if (!PgBouncer::Available()) GTEST_SKIP() << "install pgbouncer";
    name_ = *db().app().One("SELECT current_database()");
    CreateRole(db(), "pool_app");
    db().Exec(
        "CREATE TABLE acc (id serial PRIMARY KEY, v int NOT NULL);"
        "INSERT INTO acc(v) SELECT g FROM generate_series(1, 4000) g;"
        "ALTER TABLE acc OWNER TO pool_app;"
        "GRANT CREATE ON SCHEMA public TO pool_app;"
        "GRANT CREATE ON DATABASE " +
        name_ + " TO pool_app");
    WriteFile("01_cents.yaml",
              "operations:\n"
              "  - alter_column: {table: acc, column: v, type: bigint, "
              "up: 'v * 100', down: 'v / 100'}\n");
    WriteFile("q.sql", "SELECT v FROM acc WHERE id = 5;\n");
    WriteFile("02_note.yaml",
              "operations:\n"
              "  - add_column: {table: acc, column: {name: note, type: text, "
              "nullable: true}}\n"
              "  - create_index: {table: acc, name: acc_v, columns: [v]}\n");
  }
  void TearDown() override {
    if (name_.empty()) return;
    db().Exec("DROP ROLE IF EXISTS pool_new");
  }

  std::string Direct(const std::string& user = "pool_app") {
    return PostgresServer::Shared().Url(name_, user);
  }
  Finished Pooled(Words words, const std::string& url) {
    words.insert(words.end(), {"--url", url});
    return Segue(words);
  }
  void StartVersioned() {
    const Finished started = Segue({"start", "01_cents.yaml", "--access",
                                    "versioned", "--quiet", "--url", Direct()});
    ASSERT_EQ(started.exit_code, 0) << started.err;
    const Finished made = Segue({"versions", "role", "pool_new", "--base-role",
                                 "pool_app", "--url", Direct("postgres")});
    ASSERT_EQ(made.exit_code, 0) << made.err;
  }

  std::string name_;
};

// The case is env-pgbouncer-transaction.
TEST_P(PoolerTest, ClientsOfBothVersionsNoticeNothing) {
  StartVersioned();
  const PgBouncer pooler(PostgresServer::Shared());
  const std::string url = pooler.Url(name_, "pool_app");
  Crowd crowd;
  crowd.Add(10, url, "pool_app",
            "UPDATE acc SET v = v + 1 WHERE id = 1 + floor(random() * 4000);"
            "INSERT INTO acc(v) VALUES (7)");
  crowd.Add(10, pooler.Url(name_, "pool_new"), "pool_app",
            "UPDATE acc SET v = v + 100 WHERE id = 1 + floor(random() * 4000);"
            "INSERT INTO acc(v) VALUES (700)");
  const int turns = std::getenv("SEGUE_TEST_ALL") != nullptr ? 5 : 1;
  for (int turn = 0; turn < turns; ++turn) {
    for (const Words& words : std::vector<Words>{
             {"status"},
             {"history"},
             {"versions"},
             {"plan", "02_note.yaml", "--access", "versioned"},
             {"url", "--version", "latest"},
             {"url", "--version", "latest", "--sql"},
             {"verify", "--quiet", "--workers", "2"},
             {"verify", "--explain", "q.sql"},
             {"pause"},
             {"pace", "50%"},
             {"instance", "register", "web", "--version", "base"},
             {"instance", "list"},
             {"status", "--role", "pool_app"}}) {
      const Finished finished = Pooled(words, url);
      EXPECT_EQ(finished.exit_code, 0) << words[0] << ": " << finished.err;
    }
  }
  crowd.Stop();
  EXPECT_THAT(crowd.troubles(), ::testing::IsEmpty());
  EXPECT_GT(crowd.rounds(), 100);
  EXPECT_EQ(Segue({"verify", "--quiet", "--url", Direct()}).exit_code, 0);
}

TEST_P(PoolerTest, ARunnerElsewhereIsPausedAndCancelledThroughThePooler) {
  WriteFile("02_slow.yaml",
            "backfill: {max_rate: 400 rows/s}\n"
            "operations:\n"
            "  - alter_column: {table: acc, column: v, type: bigint, "
            "up: 'v * 100', down: 'v / 100'}\n");
  const PgBouncer pooler(PostgresServer::Shared());
  const std::string url = pooler.Url(name_, "pool_app");
  Command start = SegueCommand({"start", "02_slow.yaml", "--quiet", "--url",
                                url, "--direct-url", Direct()});
  start.directory = folder();
  Process runner(start);
  WaitUntil(db().app(), "SELECT to_regclass('segue.migration') IS NOT NULL",
            "t");
  WaitUntil(db().app(),
            "SELECT count(*) FROM segue.migration "
            "WHERE sub_state = 'backfilling'",
            "1");
  EXPECT_THAT(Pooled({"pace", "80%"}, url).out, HasSubstr("at most at 80 %"));
  EXPECT_THAT(Pooled({"pause"}, url).out, HasSubstr("pauses after its chunk"));
  EXPECT_THAT(Pooled({"status"}, url).out, HasSubstr("paused"));
  EXPECT_THAT(Pooled({"resume"}, url).out, HasSubstr("goes on"));
  EXPECT_THAT(Pooled({"verify"}, url).err, HasSubstr("is not ready"));
  EXPECT_THAT(Pooled({"cancel"}, url).out, HasSubstr("rolls back"));
  const Finished finished = runner.Wait();
  EXPECT_EQ(finished.exit_code, 130) << finished.err;
  EXPECT_THAT(finished.err, HasSubstr("every executed step was rolled back"));
  const auto client = OpenPooledClient(url);
  EXPECT_EQ(ToLines(client->Query(kLeftSql)), "|pool_app|0|0|0|0|\n");
}

TEST_P(PoolerTest, AVerificationKeepsOtherRunnersOut) {
  StartVersioned();
  const PgBouncer pooler(PostgresServer::Shared());
  const std::string url = pooler.Url(name_, "pool_app");
  const auto locking = OpenPostgresClient(Direct());
  // The verification waits for this table with the lease in its hand.
  locking->Query("BEGIN; LOCK TABLE acc IN ACCESS EXCLUSIVE MODE");
  Command verify = SegueCommand({"verify", "--quiet", "--url", url});
  verify.directory = folder();
  Process verifying(verify);
  WaitUntil(db().app(),
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND "
            "granted AND database = (SELECT oid FROM pg_database WHERE datname "
            "= current_database())",
            "1");
  WaitUntil(db().app(), "SELECT pid > 0 FROM segue.lease", "t");
  const Finished other = Segue({"rollback", "--url", Direct()});
  EXPECT_EQ(other.exit_code, 7) << other.err;
  EXPECT_THAT(other.err, HasSubstr("another runner is at work"));
  // The pooler ends the session of a client that dies in a transaction.
  verifying.Kill(SIGKILL);
  WaitUntil(db().app(),
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'", "0");
  locking->Query("ROLLBACK");
  EXPECT_EQ(Pooled({"verify", "--quiet"}, url).exit_code, 0);
  EXPECT_EQ(*db().app().One("SELECT count(*) FROM pg_locks WHERE locktype = "
                            "'advisory'"),
            "0");
  EXPECT_EQ(Segue({"rollback", "--quiet", "--url", Direct()}).exit_code, 0);
}

TEST_P(PoolerTest, WhatRunsAMigrationNeedsAWayPastThePooler) {
  const PgBouncer pooler(PostgresServer::Shared());
  const std::string url = pooler.Url(name_, "pool_app");
  for (const Words& words : std::vector<Words>{{"start", "01_cents.yaml"},
                                               {"complete", "--yes"},
                                               {"rollback"},
                                               {"work"}}) {
    const Finished refused = Pooled(words, url);
    EXPECT_EQ(refused.exit_code, kRefused) << words[0];
    EXPECT_THAT(refused.err, HasSubstr("leads through a pooler"));
    EXPECT_THAT(refused.err, HasSubstr("--direct-url or SEGUE_DIRECT_URL"));
  }
  EXPECT_EQ(*db().app().One("SELECT to_regnamespace('segue') IS NULL"), "t");
  const Finished dry = Pooled({"start", "01_cents.yaml", "--dry-run"}, url);
  EXPECT_EQ(dry.exit_code, 0) << dry.err;

  const Words start = {"start", "01_cents.yaml", "--quiet", "--direct-url"};
  const auto with = [&](const std::string& direct) {
    Words words = start;
    words.push_back(direct);
    return Pooled(words, url);
  };
  const Finished elsewhere =
      with(PostgresServer::Shared().Url("postgres", "pool_app"));
  EXPECT_EQ(elsewhere.exit_code, kRefused);
  EXPECT_THAT(elsewhere.err,
              HasSubstr("lead to different databases: " + name_));
  const Finished again = with(url);
  EXPECT_EQ(again.exit_code, kRefused);
  EXPECT_THAT(again.err, HasSubstr("direct_url leads through a pooler, too"));
  const Finished started = with(Direct());
  EXPECT_EQ(started.exit_code, 0) << started.err;

  WriteFile("segue.yaml", "environments:\n  prod:\n    url: '" + url +
                              "'\n    direct_url: '" + Direct() + "'\n");
  Command rollback = SegueCommand({"rollback", "--quiet"});
  rollback.directory = folder();
  const Finished undone = RunCommand(rollback);
  EXPECT_EQ(undone.exit_code, 0) << undone.err;
}

// A role without the right to ask for the server's number is not kept out.
TEST_P(PoolerTest, TheServersStartStandsInForItsNumber) {
  db().Exec(
      "REVOKE EXECUTE ON FUNCTION pg_catalog.pg_control_system() FROM PUBLIC");
  const PgBouncer pooler(PostgresServer::Shared());
  const Finished started =
      Pooled({"start", "01_cents.yaml", "--quiet", "--direct-url", Direct(),
              "--log", "-", "--log-format", "text"},
             pooler.Url(name_, "pool_app"));
  EXPECT_EQ(started.exit_code, 0) << started.err;
  EXPECT_THAT(started.err, HasSubstr("may not ask for the number"));
}

TEST_P(PoolerTest, APoolerThatKeepsSessionsIsToldByTheUrl) {
  PgBouncerOptions options;
  options.pool_mode = "session";
  options.pool_size = 20;
  const PgBouncer pooler(PostgresServer::Shared(), options);
  const std::string url = pooler.Url(name_, "pool_app");
  EXPECT_EQ(Pooled({"start", "01_cents.yaml"}, url).exit_code, kRefused);
  const std::string session = url + "&pool_mode=session";
  EXPECT_EQ(Pooled({"start", "01_cents.yaml", "--quiet"}, session).exit_code,
            0);
  EXPECT_EQ(Pooled({"url"}, session).out, Pooled({"url"}, url).out);
  EXPECT_EQ(Pooled({"rollback", "--quiet"}, session).exit_code, 0);
  const Finished wrong = Pooled({"status"}, url + "&pool_mode=statement");
  EXPECT_EQ(wrong.exit_code, kUsage);
  EXPECT_THAT(wrong.err, HasSubstr("pool_mode is session or transaction"));
}

// The case is env-pgbouncer-versions.
TEST_P(PoolerTest, ARoleSeesItsVersionWhereOptionsAreDropped) {
  const Finished none = Segue({"url", "--version", "latest"});
  EXPECT_EQ(none.exit_code, kNotFound);
  EXPECT_THAT(none.err, HasSubstr("no version is published"));
  StartVersioned();
  PgBouncerOptions options;
  const PgBouncer strict(PostgresServer::Shared(), options);
  const std::string versioned =
      Pooled({"url", "--version", "latest"}, strict.Url(name_, "pool_app")).out;
  EXPECT_THROW(OpenPooledClient(versioned), ClientError);
  const Finished told = Pooled({"status"}, versioned);
  EXPECT_THAT(told.err, HasSubstr("segue versions role"));

  options.drops_options = true;
  const PgBouncer dropping(PostgresServer::Shared(), options);
  const auto fooled = OpenPooledClient(
      Pooled({"url", "--version", "latest"}, dropping.Url(name_, "pool_app"))
          .out);
  EXPECT_EQ(ToLines(fooled->Query("SELECT v, current_schema() FROM acc "
                                  "WHERE id = 5")),
            "5|public\n");
  const auto fresh = OpenPooledClient(dropping.Url(name_, "pool_new"));
  EXPECT_EQ(ToLines(fresh->Query("SELECT v, current_schema(), current_user "
                                 "FROM acc WHERE id = 5")),
            "500|public_01_cents|pool_app\n");

  const Finished recipe =
      Segue({"url", "--version", "latest", "--recipe", "pgbouncer"});
  EXPECT_THAT(recipe.out, HasSubstr(name_ + "_public_01_cents = dbname=" +
                                    name_ + " user=pool_new"));
  const Finished gone = Segue({"rollback", "--url", Direct()});
  EXPECT_THAT(gone.out, HasSubstr("role 'pool_new' is of version "
                                  "public_01_cents, which refuses it now"));
}

SEGUE_INSTANTIATE_ON(PoolerTest, PostgresTestbed());

}  // namespace
}  // namespace segue::test
