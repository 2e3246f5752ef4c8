// segue verify --standby: the rows are read on a server that follows, and what
// it says is true of the primary now, whatever becomes of the standby.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <iostream>
#include <memory>
#include <optional>
#include <thread>

#include "segue/error.h"
#include "segue/migrator.h"
#include "tests/support/eventually.h"
#include "tests/support/postgres_server.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"
#include "tests/support/testbed.h"

namespace segue::test {
namespace {

using ::testing::HasSubstr;

// What `up` is: itself, unless a test replaces it.
constexpr const char* kSeen =
    "CREATE OR REPLACE FUNCTION seen(text) RETURNS text IMMUTABLE "
    "LANGUAGE plpgsql AS $$ BEGIN ";

class VerifyStandbyTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    if (!PostgresServer::Available()) return;
    primary_ = std::make_unique<PostgresServer>();
    standby_ = std::make_unique<PostgresServer>(*primary_, "standby1");
  }
  static void TearDownTestSuite() {
    standby_.reset();
    primary_.reset();
  }

  void SetUp() override {
    SEGUE_SKIP_UNLESS_INSTALLED(PostgresTestbed());
    name_ = primary_->CreateDatabase();
    app_ = OpenPostgresClient(primary_->Url(name_));
    app_->Query(std::string(kSeen) + "RETURN $1; END $$");
    std::ofstream(folder_.path() + "/01_name.yaml")
        << "operations:\n"
           "  - alter_column: {table: users, column: name, type: varchar(99),"
           " up: seen(name), down: name}\n";
  }

  // Both versions live, and the standby has all of it.
  void StartWith(int rows) {
    app_->Query(
        "CREATE TABLE users(id bigint PRIMARY KEY, name text NOT NULL);"
        "INSERT INTO users SELECT i, 'n' || i FROM generate_series(1, " +
        std::to_string(rows) + ") i; ANALYZE users");
    const Finished started = Segue({"start", "01_name.yaml", "--quiet"});
    ASSERT_EQ(started.exit_code, 0) << started.err;
    CatchUp();
  }
  void CatchUp() {
    const std::string here = *app_->One("SELECT pg_current_wal_insert_lsn()");
    app_->Query("CREATE TABLE IF NOT EXISTS moved_on()");
    WaitUntil(*OpenPostgresClient(standby_->Url("postgres")),
              "SELECT pg_last_wal_replay_lsn() >= '" + here + "'", "t");
  }

  Command Verify(std::vector<std::string> more, const std::string& standby) {
    more.insert(more.begin(), {"verify", "--standby", standby});
    return Line(more);
  }
  Command Line(std::vector<std::string> words) {
    words.insert(words.end(), {"--url", primary_->Url(name_)});
    Command command = SegueCommand(words);
    command.directory = folder_.path();
    return command;
  }
  Finished Segue(const std::vector<std::string>& words) {
    return RunCommand(Line(words));
  }
  Finished VerifyOn(const std::string& standby,
                    const std::vector<std::string>& more = {}) {
    return RunCommand(Verify(more, standby));
  }
  std::string There() { return standby_->Url(name_); }
  std::unique_ptr<Client> Replica() { return OpenPostgresClient(There()); }

  void ExpectRefused(const std::string& url, const std::string& why) {
    const Finished finished = VerifyOn(url);
    EXPECT_EQ(finished.exit_code, 3) << finished.out;
    EXPECT_THAT(finished.err, HasSubstr(why));
    EXPECT_THAT(finished.err, HasSubstr("hint: "));
  }

  // As somebody does who has turned the triggers off.
  void Damage(const std::string& sql) {
    app_->Query("SET session_replication_role = replica;" + sql +
                "; RESET session_replication_role");
  }

  static std::unique_ptr<PostgresServer> primary_;
  static std::unique_ptr<PostgresServer> standby_;
  TempDir folder_;
  std::string name_;
  std::unique_ptr<Client> app_;
};

std::unique_ptr<PostgresServer> VerifyStandbyTest::primary_;
std::unique_ptr<PostgresServer> VerifyStandbyTest::standby_;

// Three workers over several ranges; what goes by the index counts where it was
// read. (The ranges are cut from a sample of the primary's pages.)
TEST_F(VerifyStandbyTest, AllWorkersReadThere) {
  StartWith(230'000);
  const std::string read = " FROM pg_stat_user_tables WHERE relname = 'users'";
  const std::string segues =
      "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE "
      "'segue%'";
  WaitUntil(*app_, segues, "0");
  app_->Query("SELECT pg_stat_reset()");
  const Finished finished = VerifyOn(There(), {"--workers", "3"});
  EXPECT_EQ(finished.exit_code, 0) << finished.err;
  EXPECT_EQ(finished.out,
            "01_name: old and new agree on about 230,000 rows, read on " +
                There() + ".\n");
  WaitUntil(*Replica(), "SELECT idx_tup_fetch >= 230000" + read, "t");
  WaitUntil(*app_, segues, "0");
  EXPECT_EQ(app_->One("SELECT idx_scan" + read), "0");
}

TEST_F(VerifyStandbyTest, KeysAreListedAndMendedOnThePrimary) {
  StartWith(3'000);
  Damage("UPDATE users SET name = 'bad' WHERE id IN (2, 2900)");
  const Finished found = VerifyOn(There());
  EXPECT_EQ(found.exit_code, 8);
  EXPECT_THAT(found.out, HasSubstr(" rows checked on " + There() +
                                   ", in these:\n  users: id=2\n"
                                   "  users: id=2900\nNext: "));
  const Finished mended = VerifyOn(There(), {"--repair", "--json"});
  EXPECT_EQ(mended.exit_code, 0) << mended.err;
  EXPECT_THAT(mended.out,
              HasSubstr("\"clean\":true,\"mismatches\":[],\"grants\":[],"
                        "\"standby\":\"" +
                        There() + "\",\"rows_repaired\":2}"));
  EXPECT_EQ(VerifyOn(There(), {"--strict"}).exit_code, 0);
}

// As with another C library: `up` comes to something else there.
TEST_F(VerifyStandbyTest, WhatItSaysAgainstARowIsAskedAgainOnThePrimary) {
  StartWith(3'000);
  app_->Query(std::string(kSeen) +
              "IF pg_is_in_recovery() THEN RETURN 'x'; END IF; RETURN $1; "
              "END $$");
  Damage("UPDATE users SET name = 'bad' WHERE id = 7");
  const Finished finished = VerifyOn(There());
  EXPECT_EQ(finished.exit_code, 8) << finished.err;
  EXPECT_THAT(finished.out, HasSubstr("in these:\n  users: id=7\nNext: "));
}

TEST_F(VerifyStandbyTest, OnlyAStandbyOfThisDatabase) {
  StartWith(10);
  ExpectRefused(primary_->Url(name_),
                "that server is no standby, it takes writes itself");
  ExpectRefused(standby_->Url("postgres"), "that is database \"postgres\"");
  PostgresServer another;
  PostgresServer of_another(another, "of_another");
  ExpectRefused(of_another.Url("postgres"),
                "that is a standby of another server (system ");
  const Finished gone = VerifyOn("postgres://me:secret@127.0.0.1:1/x");
  EXPECT_EQ(gone.exit_code, 6);
  EXPECT_THAT(gone.err, HasSubstr("cannot connect to postgres://me:***@"));
}

// It has the identifier of the server it was copied from, and its log may be
// the longer one.
TEST_F(VerifyStandbyTest, NotAStandbyOfACopy) {
  StartWith(10);
  PostgresServer copy(*primary_, "copy");
  OpenPostgresClient(copy.Url("postgres"))->Query("SELECT pg_promote()");
  const auto writer = OpenPostgresClient(copy.Url(name_));
  writer->Query(
      "CREATE TABLE noise AS SELECT repeat('x', 99) FROM generate_series(1, "
      "90000)");
  PostgresServer of_copy(copy, "of_copy");
  WaitUntil(*OpenPostgresClient(of_copy.Url(name_)),
            "SELECT to_regclass('noise') IS NOT NULL", "t");
  ExpectRefused(of_copy.Url(name_), "it follows another copy of it");
}

TEST_F(VerifyStandbyTest, AStandbyOfAStandbyWillDo) {
  StartWith(1'500);
  PostgresServer second(*standby_, "second");
  Damage("UPDATE users SET name = 'bad' WHERE id = 3");
  EXPECT_THAT(VerifyOn(second.Url(name_)).out, HasSubstr("users: id=3\n"));
}

// It need not see the identifiers: what has just been written tells.
TEST_F(VerifyStandbyTest, AnOrdinaryRoleMayVerifyThere) {
  app_->Query(
      "REVOKE EXECUTE ON FUNCTION pg_control_system() FROM PUBLIC;"
      "CREATE ROLE shop LOGIN; ALTER DATABASE " +
      name_ +
      " OWNER TO shop;"
      "ALTER SCHEMA public OWNER TO shop; SET ROLE shop");
  const std::string here = primary_->Url(name_, "shop");
  app_->Query(
      "CREATE TABLE users(id bigint PRIMARY KEY, name text NOT NULL);"
      "INSERT INTO users VALUES (1, 'a')");
  Command command = Line({"start", "01_name.yaml", "--quiet"});
  command.argv.back() = here;
  const Finished started = RunCommand(command);
  ASSERT_EQ(started.exit_code, 0) << started.err;
  app_->Query("RESET ROLE");
  CatchUp();
  command = Verify({}, standby_->Url(name_, "shop"));
  command.argv.back() = here;
  const Finished finished = RunCommand(command);
  EXPECT_EQ(finished.exit_code, 0) << finished.err;
}

TEST_F(VerifyStandbyTest, WhatReplaysNothingIsRefusedAtOnce) {
  StartWith(10);
  Replica()->Query("SELECT pg_wal_replay_pause()");
  ExpectRefused(There(), "its replay is paused, ");
  Replica()->Query("SELECT pg_wal_replay_resume()");
  EXPECT_EQ(VerifyOn(There()).exit_code, 0);
}

// `delay` of what is replayed, for as long as it lives.
class ReplayDelay {
 public:
  ReplayDelay(Client& primary, const std::string& there,
              const std::string& delay)
      : admin_(OpenPostgresClient(there)) {
    Set("= '" + delay + "'");
    // The server is told by a signal, and goes by it some time later.
    for (int at = 0;; ++at) {
      const std::string late = "late" + std::to_string(at);
      primary.Query("CREATE TABLE " + late + "()");
      std::this_thread::sleep_for(std::chrono::milliseconds(200));
      const std::string seen = "SELECT to_regclass('" + late + "') IS NOT NULL";
      if (admin_->One(seen) == "f") return;
    }
  }
  ~ReplayDelay() { Set("TO DEFAULT"); }
  ReplayDelay(const ReplayDelay&) = delete;
  ReplayDelay& operator=(const ReplayDelay&) = delete;

 private:
  void Set(const std::string& value) {
    admin_->Query("ALTER SYSTEM SET recovery_min_apply_delay " + value);
    admin_->Query("SELECT pg_reload_conf()");
  }
  std::unique_ptr<Client> admin_;
};

TEST_F(VerifyStandbyTest, WaitsForOneThatIsBehind) {
  StartWith(10);
  const ReplayDelay delay(*app_, There(), "3s");
  const Finished finished = VerifyOn(There());
  EXPECT_EQ(finished.exit_code, 0) << finished.err;
  EXPECT_THAT(finished.err, HasSubstr("note: waiting for the standby: it is "));
}

TEST_F(VerifyStandbyTest, GivesUpOnOneThatStaysBehind) {
  StartWith(10);
  const ReplayDelay delay(*app_, There(), "1h");
  Database database = Database::Open({primary_->Url(name_), "", ""});
  VerifyOptions options;
  options.standby = There();
  options.replay_patience = std::chrono::seconds(1);
  try {
    Migrator(database, {}).Verify(options);
    FAIL() << "it was not behind";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kRefused);
    EXPECT_THAT(error.what(),
                HasSubstr(" of the log behind the primary where that was 1 s"));
  }
}

// A chunk takes as long as a test needs: a millisecond a row, on the standby.
class SlowStandbyTest : public VerifyStandbyTest {
 protected:
  void StartSlowly() {
    app_->Query(std::string(kSeen) +
                "IF current_setting('application_name') = 'segue standby' THEN "
                "PERFORM pg_sleep(0.001); END IF; RETURN $1; END $$");
    StartWith(1'500);
  }
  void WaitUntilItReads() {
    WaitUntil(*OpenPostgresClient(standby_->Url("postgres")),
              "SELECT count(*) > 0 FROM pg_stat_activity WHERE "
              "application_name = 'segue standby' AND state = 'active' AND "
              "query LIKE '%users%'",
              "t");
  }
};

// The server's own replay goes before, and ends what is in its way.
TEST_F(SlowStandbyTest, ARecoveryConflictOnlyMakesTheChunkSmaller) {
  StartSlowly();
  const auto admin = OpenPostgresClient(standby_->Url("postgres"));
  admin->Query("ALTER SYSTEM SET max_standby_streaming_delay = 0");
  admin->Query("SELECT pg_reload_conf()");
  Process verify(Verify({}, There()));
  WaitUntilItReads();
  const std::string conflict = "conflict with recovery";
  Eventually(
      [&] {
        app_->Query("BEGIN; LOCK TABLE users IN ACCESS EXCLUSIVE MODE; COMMIT");
        return !verify.running() ||
               verify.Err().find(conflict) != std::string::npos;
      },
      std::chrono::minutes(1), std::chrono::milliseconds(50));
  const Finished finished = verify.Wait();
  EXPECT_EQ(finished.exit_code, 0) << finished.err;
  EXPECT_THAT(finished.err, HasSubstr(conflict));
  admin->Query("ALTER SYSTEM RESET max_standby_streaming_delay");
  admin->Query("SELECT pg_reload_conf()");
}

TEST_F(SlowStandbyTest, OneThatComesBackIsGoneOnWith) {
  StartSlowly();
  Damage("UPDATE users SET name = 'bad' WHERE id = 1499");
  Process verify(Verify({}, There()));
  WaitUntilItReads();
  standby_->Restart(/*immediate=*/true);
  const Finished finished = verify.Wait();
  EXPECT_EQ(finished.exit_code, 8) << finished.err;
  EXPECT_THAT(finished.err, HasSubstr("waiting: the standby is gone: "));
  EXPECT_THAT(finished.out, HasSubstr("users: id=1499\n"));
}

// Its sessions go on, and what is read there is another database's.
TEST_F(SlowStandbyTest, OneThatIsPromotedIsNotBelieved) {
  StartSlowly();
  PostgresServer promoted(*primary_, "promoted");
  Process verify(Verify({}, promoted.Url(name_)));
  const auto there = OpenPostgresClient(promoted.Url("postgres"));
  WaitUntil(*there,
            "SELECT count(*) > 0 FROM pg_stat_activity WHERE application_name "
            "= 'segue standby' AND query LIKE '%users%'",
            "t");
  there->Query("SELECT pg_promote()");
  const Finished finished = verify.Wait();
  EXPECT_EQ(finished.exit_code, 3) << finished.out << finished.err;
  EXPECT_THAT(finished.err, HasSubstr("it has become a primary itself"));
}

TEST_F(SlowStandbyTest, OneThatIsGoneIsSaidToBe) {
  StartSlowly();
  const std::string before = ToLines(app_->Query("TABLE users"));
  Database database = Database::Open({primary_->Url(name_), "", ""});
  MigratorOptions impatient;
  impatient.lock_patience = std::chrono::seconds(1);
  VerifyOptions options;
  options.standby = There();
  std::optional<Error> error;
  std::thread run([&] {
    try {
      Migrator(database, impatient).Verify(options);
    } catch (const Error& caught) {
      error = caught;
    }
  });
  WaitUntilItReads();
  standby_->Stop(/*immediate=*/true);
  run.join();
  standby_->Start();
  ASSERT_TRUE(error);
  EXPECT_EQ(error->kind(), ErrorKind::kConnectionLost);
  EXPECT_THAT(error->what(),
              HasSubstr("the standby " + There() + " is gone: "));
  EXPECT_THAT(error->hint(), HasSubstr("nothing was changed"));
  EXPECT_EQ(ToLines(app_->Query("TABLE users")), before);
  EXPECT_EQ(VerifyOn(There()).exit_code, 0);
}

}  // namespace
}  // namespace segue::test
