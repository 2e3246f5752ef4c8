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

constexpr const char* kDouble = "SELECT $1::bigint * 2, $2::text";

std::int64_t Prepared(db::Connection& connection) {
  return db::ToInt(
      connection.Execute("SELECT count(*) FROM pg_prepared_statements")
          .rows[0][0]);
}

TEST_P(PostgresConnectionTest, PreparesWhatComesOften) {
  for (std::int64_t run = 1; run <= 6; ++run) {
    const db::Result result = connection_->Execute(kDouble, {run, "it's \\"});
    EXPECT_EQ(db::ToInt(result.rows[0][0]), 2 * run);
    EXPECT_EQ(db::ToText(result.rows[0][1]), "it's \\");
    EXPECT_EQ(Prepared(*connection_), run < 3 ? 0 : 1);
  }
}

TEST_P(PostgresConnectionTest, BeginsWithAPreparedStatement) {
  db().Exec("CREATE TABLE t (id bigint PRIMARY KEY, v text)");
  for (std::int64_t run = 1; run <= 5; ++run) {
    connection_->Begin({db::Purpose::kBackfill, {}});
    const db::Value v = run == 5 ? db::Value() : db::Value("a '\\ $1");
    EXPECT_EQ(connection_->Execute("INSERT INTO t VALUES ($1, $2)", {run, v})
                  .affected,
              1);
    EXPECT_EQ(Show("synchronous_commit"), "off");
    connection_->Commit();
    EXPECT_EQ(Show("synchronous_commit"), "local");
  }
  EXPECT_EQ(*db().app().One("SELECT count(*) FROM t WHERE v = 'a ''\\ $1'"),
            "4");
  EXPECT_EQ(*db().app().One("SELECT count(*) FROM t WHERE v IS NULL"), "1");
}

// Not for a standby: the rows stay locked until then.
TEST_P(PostgresConnectionTest, WaitsForTheDiskWhereItIsAskedTo) {
  db::TransactionOptions options{db::Purpose::kBackfill, {}};
  options.flush = true;
  connection_->Begin(options);
  EXPECT_EQ(Show("synchronous_commit"), "local");
  connection_->Commit();
  EXPECT_EQ(Show("synchronous_commit"), "local");
}

TEST_P(PostgresConnectionTest, ATransactionWithoutStatementsIsNone) {
  connection_->Begin({db::Purpose::kBackfill, {}});
  connection_->Commit();
  connection_->Begin({db::Purpose::kBackfill, {}});
  connection_->Rollback();
  EXPECT_EQ(Show("synchronous_commit"), "local");
}

TEST_P(PostgresConnectionTest, GoesOnWhereItsStatementsAreThrownAway) {
  for (std::int64_t run = 1; run <= 4; ++run) {
    connection_->Execute(kDouble, {run, "x"});
  }
  connection_->ExecuteScript("DEALLOCATE ALL");
  EXPECT_EQ(
      db::ToInt(
          connection_->Execute(kDouble, {std::int64_t{5}, "x"}).rows[0][0]),
      10);
}

TEST_P(PostgresConnectionTest, ATransactionWhoseStatementIsGoneIsToBeRetried) {
  for (std::int64_t run = 1; run <= 4; ++run) {
    connection_->Execute(kDouble, {run, "x"});
  }
  connection_->ExecuteScript("DEALLOCATE ALL");
  const auto once = [&] {
    db::Transaction transaction(*connection_, {db::Purpose::kLedger, {}});
    const auto rows =
        connection_->Execute(kDouble, {std::int64_t{5}, "x"}).rows;
    transaction.Commit();
    return db::ToInt(rows[0][0]);
  };
  EXPECT_EQ(KindOf([&] { once(); }), ErrorKind::kRetryable);
  EXPECT_EQ(once(), 10);
}

TEST_P(PostgresConnectionTest, AColumnMayGetAnotherTypeBetweenTwoRuns) {
  db().Exec("CREATE TABLE t (id integer); INSERT INTO t VALUES (7)");
  const char* const sql = "SELECT id FROM t WHERE id >= $1::integer";
  for (int run = 1; run <= 4; ++run) {
    connection_->Execute(sql, {std::int64_t{1}});
  }
  db().Exec("ALTER TABLE t ALTER COLUMN id TYPE text");
  EXPECT_EQ(KindOf([&] { connection_->Execute(sql, {std::int64_t{1}}); }),
            ErrorKind::kRefused);  // text >= integer, as it says by itself
  db().Exec("ALTER TABLE t ALTER COLUMN id TYPE bigint USING id::bigint");
  EXPECT_EQ(db::ToInt(connection_->Execute(sql, {std::int64_t{1}}).rows[0][0]),
            7);
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
  // Time enough for the statement that takes it off, on a busy machine too.
  for (const char* setting :
       {"statement_timeout = '100ms'", "lock_timeout = '1h'",
        "default_transaction_isolation = 'serializable'",
        "DateStyle = 'German'", "TimeZone = 'Asia/Tokyo'",
        "idle_in_transaction_session_timeout = '1ms'",
        "default_transaction_read_only = on"}) {
    db().Exec("ALTER DATABASE " + name + " SET " + setting);
  }
  connection_ = db().Connect("runner");
  connection_->Execute("SELECT pg_sleep(0.15)");
  for (db::Purpose purpose :
       {db::Purpose::kLedger, db::Purpose::kSchema, db::Purpose::kBackfill}) {
    db::Transaction transaction(*connection_,
                                {purpose, std::chrono::milliseconds(700)});
    EXPECT_EQ(Show("transaction_isolation"), "read committed");
    EXPECT_EQ(Show("transaction_read_only"), "off");
    EXPECT_EQ(Show("lock_timeout"), "700ms");
    EXPECT_EQ(Show("row_security"), "off");
    EXPECT_THAT(Show("DateStyle"), HasSubstr("ISO"));
    connection_->Execute("SELECT pg_sleep(0.15)");
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

TEST_P(PostgresConnectionTest, IsInDoubtWhenACommitWithAStatementIsLost) {
  db().Exec("CREATE TABLE position(at integer)");
  db().Exec("INSERT INTO position VALUES (0)");
  const std::string save = "UPDATE position SET at = $1::int";
  for (std::int64_t at = 1; at <= 4; ++at) {
    db::Transaction transaction(*connection_, {db::Purpose::kBackfill, {}});
    EXPECT_TRUE(transaction.CommitWith(save, {at}));
  }
  connection_->Begin({db::Purpose::kBackfill, {}});
  connection_->Execute("SELECT 1");
  EndSession();
  EXPECT_EQ(KindOf([&] { connection_->CommitWith(save, {std::int64_t{5}}); }),
            ErrorKind::kInDoubt);
  EXPECT_FALSE(connection_->alive());
}

// As text, and then as a prepared statement that goes with the COMMIT.
TEST_P(PostgresConnectionTest, CommitsWithALastStatement) {
  db().Exec("CREATE TABLE position(id integer, at integer)");
  db().Exec("INSERT INTO position VALUES (1, 0)");
  db().Exec("CREATE TABLE moved(at integer)");
  const std::string save =
      "UPDATE position SET at = $2::int WHERE id = $1::int";
  const auto commit = [&](std::int64_t id, std::int64_t at) {
    db::Transaction transaction(*connection_, {db::Purpose::kBackfill, {}});
    connection_->Execute("INSERT INTO moved VALUES ($1::int)", {at});
    return transaction.CommitWith(save, {id, at});
  };
  for (std::int64_t at = 1; at <= 6; ++at) {
    EXPECT_FALSE(commit(2, at)) << "nobody's";
    EXPECT_EQ(*db().app().One("SELECT count(*) FROM moved"),
              std::to_string(at - 1));
    EXPECT_TRUE(commit(1, at));
    EXPECT_EQ(*db().app().One("SELECT at FROM position"), std::to_string(at));
    EXPECT_EQ(*db().app().One("SELECT count(*) FROM moved"),
              std::to_string(at));
  }
}

TEST_P(PostgresConnectionTest, ALastStatementThatFailsCommitsNothing) {
  db().Exec("CREATE TABLE position(at integer CHECK (at < 10))");
  db().Exec("INSERT INTO position VALUES (0)");
  for (std::int64_t at = 6; at < 14; ++at) {
    db::Transaction transaction(*connection_, {db::Purpose::kBackfill, {}});
    connection_->Execute("SELECT $1::int", {at});
    const auto commit = [&] {
      return transaction.CommitWith("UPDATE position SET at = $1::int", {at});
    };
    if (at < 10) {
      EXPECT_TRUE(commit());
    } else {
      EXPECT_EQ(KindOf([&] { commit(); }), ErrorKind::kConstraint);
    }
  }
  EXPECT_EQ(*db().app().One("SELECT at FROM position"), "9");
}

// Behind a pooler, prepared statements may be another session's.
TEST_P(PostgresConnectionTest,
       ALastStatementThatIsNotKnownAnyMoreIsTriedAgain) {
  db().Exec("CREATE TABLE position(at integer)");
  db().Exec("INSERT INTO position VALUES (0)");
  const auto commit = [&](std::int64_t at) {
    db::Transaction transaction(*connection_, {db::Purpose::kBackfill, {}});
    connection_->Execute("SELECT 1");
    return transaction.CommitWith("UPDATE position SET at = $1::int", {at});
  };
  for (std::int64_t at = 1; at <= 4; ++at) EXPECT_TRUE(commit(at));
  connection_->Execute("DEALLOCATE ALL");
  EXPECT_EQ(KindOf([&] { commit(5); }), ErrorKind::kRetryable);
  EXPECT_EQ(*db().app().One("SELECT at FROM position"), "4");
  EXPECT_TRUE(commit(5));
  EXPECT_EQ(*db().app().One("SELECT at FROM position"), "5");
}

TEST_P(PostgresConnectionTest, DoesNotCommitAsynchronouslyOutsideABackfill) {
  {
    db::Transaction transaction(*connection_, {db::Purpose::kLedger, {}});
    EXPECT_EQ(Show("synchronous_commit"), "local");
  }
  db::TransactionOptions options;
  options.confirmed = true;
  db::Transaction transaction(*connection_, options);
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
