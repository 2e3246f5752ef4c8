// Sessions: what only a server with processes and settings can show.
#include <gmock/gmock.h>

#include <functional>
#include <thread>

#include "segue/error.h"
#include "tests/support/testbed.h"

namespace segue::test {
namespace {

using ::testing::HasSubstr;

class PostgresConnectionTest : public DialectTest {
 protected:
  void SetUp() override {
    DialectTest::SetUp();
    if (IsSkipped()) return;
    connection_ = db().Connect("runner");
  }
  std::string Show(const std::string& setting) {
    return db::ToText(connection_->Execute("SHOW " + setting).rows[0][0]);
  }
  void EndSession() {
    db().Exec("SELECT pg_terminate_backend(" + connection_->SessionId() + ")");
  }
  ErrorKind KindOf(const std::function<void()>& work) {
    try {
      work();
    } catch (const Error& error) {
      return error.kind();
    }
    ADD_FAILURE() << "no error";
    return ErrorKind::kInternal;
  }

  std::unique_ptr<db::Connection> connection_;
};

TEST_P(PostgresConnectionTest, SaysThatItIsLost) {
  EndSession();
  auto use = [&] { connection_->Execute("SELECT 1"); };
  EXPECT_EQ(KindOf(use), ErrorKind::kConnectionLost);
  EXPECT_FALSE(connection_->alive());
  EXPECT_EQ(KindOf(use), ErrorKind::kConnectionLost);
}

TEST_P(PostgresConnectionTest, IsInDoubtWhenTheAnswerToACommitIsLost) {
  connection_->Begin({db::Purpose::kLedger, {}});
  connection_->Execute("SELECT 1");
  EndSession();
  EXPECT_EQ(KindOf([&] { connection_->Commit(); }), ErrorKind::kInDoubt);
  connection_->Rollback();  // must not throw
  EXPECT_FALSE(connection_->alive());
}

TEST_P(PostgresConnectionTest, MarksOnlyTheBackfill) {
  const char* mark =
      "SELECT coalesce(current_setting('segue.backfill', true)"
      ", '') <> ''";
  auto marked = [&](db::Purpose purpose) {
    db::Transaction transaction(*connection_, {purpose, {}});
    return db::ToInt(connection_->Execute(mark).rows[0][0]) != 0;
  };
  EXPECT_TRUE(marked(db::Purpose::kBackfill));
  EXPECT_FALSE(marked(db::Purpose::kLedger));
  EXPECT_FALSE(marked(db::Purpose::kSchema));
  EXPECT_FALSE(marked(db::Purpose::kRead));
  EXPECT_EQ(db::ToInt(connection_->Execute(mark).rows[0][0]), 0);
}

TEST_P(PostgresConnectionTest, OverridesWhatARoleOrDatabaseSets) {
  std::string name = *db().app().One("SELECT current_database()");
  for (const char* setting :
       {"statement_timeout = '1ms'", "lock_timeout = '1h'",
        "default_transaction_isolation = 'serializable'",
        "DateStyle = 'German'", "TimeZone = 'Asia/Tokyo'",
        "idle_in_transaction_session_timeout = '1ms'",
        "default_transaction_read_only = on"}) {
    db().Exec("ALTER DATABASE " + name + " SET " + setting);
  }
  connection_ = db().Connect("runner");
  connection_->Execute("SELECT pg_sleep(0.02)");
  for (db::Purpose purpose :
       {db::Purpose::kLedger, db::Purpose::kSchema, db::Purpose::kBackfill}) {
    db::Transaction transaction(*connection_,
                                {purpose, std::chrono::milliseconds(700)});
    EXPECT_EQ(Show("transaction_isolation"), "read committed");
    EXPECT_EQ(Show("transaction_read_only"), "off");
    EXPECT_EQ(Show("lock_timeout"), "700ms");
    EXPECT_EQ(Show("row_security"), "off");
    EXPECT_THAT(Show("DateStyle"), HasSubstr("ISO"));
    connection_->Execute("SELECT pg_sleep(0.02)");
  }
}

TEST_P(PostgresConnectionTest, GivesItsNameAndItsSchema) {
  EXPECT_THAT(Show("application_name"), HasSubstr("segue"));
  EXPECT_THAT(Show("application_name"), HasSubstr("runner"));
  db().Exec("CREATE SCHEMA app; CREATE TABLE app.only_here(id integer)");
  connection_ =
      dialect().Connect({db::ParseUrl(db().Url()), "", "app", "test"});
  EXPECT_NO_THROW(connection_->Execute("SELECT * FROM only_here"));
}

TEST_P(PostgresConnectionTest, ActsAsTheRole) {
  db().Exec("DROP ROLE IF EXISTS segue_part; CREATE ROLE segue_part");
  connection_ =
      dialect().Connect({db::ParseUrl(db().Url()), "segue_part", "", "test"});
  EXPECT_EQ(db::ToText(connection_->Execute("SELECT current_user").rows[0][0]),
            "segue_part");
  connection_.reset();
  db().Exec("DROP ROLE segue_part");
}

TEST_P(PostgresConnectionTest, DoesNotCommitAsynchronouslyOutsideABackfill) {
  db::Transaction transaction(*connection_, {db::Purpose::kLedger, {}});
  EXPECT_EQ(Show("synchronous_commit"), "on");
}

TEST_P(PostgresConnectionTest, SaysDeadlocksMayBeTriedAgain) {
  db().Exec(
      "CREATE TABLE t(id integer PRIMARY KEY, v integer);"
      "INSERT INTO t VALUES (1, 0), (2, 0)");
  connection_->Begin({db::Purpose::kBackfill, std::chrono::seconds(5)});
  connection_->Execute("UPDATE t SET v = 1 WHERE id = 1");
  std::unique_ptr<Client> other = db().NewClient();
  other->Query(
      "BEGIN; SET LOCAL deadlock_timeout = '60s';"
      "UPDATE t SET v = 1 WHERE id = 2");
  std::thread waiting([&] {
    // Waits for our row; goes on when we are the victim.
    other->Query("UPDATE t SET v = 2 WHERE id = 1; COMMIT");
  });
  WaitUntil(db().app(), "SELECT count(*) FROM pg_locks WHERE NOT granted", "1");
  ErrorKind kind =
      KindOf([&] { connection_->Execute("UPDATE t SET v = 2 WHERE id = 2"); });
  connection_->Rollback();
  waiting.join();
  EXPECT_EQ(kind, ErrorKind::kRetryable);
}

SEGUE_INSTANTIATE_ON(PostgresConnectionTest, PostgresTestbed());

}  // namespace
}  // namespace segue::test
