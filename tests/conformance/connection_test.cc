// Sessions: values, errors, transactions, interruption.
#include <gmock/gmock.h>

#include <atomic>
#include <limits>
#include <thread>

#include "segue/error.h"
#include "tests/support/eventually.h"
#include "tests/support/testbed.h"

namespace segue::test {
namespace {

using db::Value;
using ::testing::ElementsAre;

class ConnectionTest : public DialectTest {
 protected:
  void SetUp() override {
    DialectTest::SetUp();
    if (IsSkipped()) return;
    connection_ = db().Connect();
  }

  std::string TextOf(const std::string& sql,
                     const std::vector<Value>& parameters = {}) {
    return db::ToText(connection_->Execute(sql, parameters).rows.at(0).at(0));
  }

  // The error that `sql` ends in.
  Error ErrorOf(const std::string& sql) {
    try {
      connection_->Execute(sql);
    } catch (const Error& error) {
      return error;
    }
    ADD_FAILURE() << "no error: " << sql;
    return Error(ErrorKind::kInternal, "none");
  }

  std::unique_ptr<db::Connection> connection_;
};

TEST_P(ConnectionTest, GivesBackTheValuesOfParameters) {
  EXPECT_EQ(TextOf("SELECT CAST($1 AS TEXT)", {std::string("it's; \"x\"\n")}),
            "it's; \"x\"\n");
  EXPECT_EQ(TextOf("SELECT CAST($1 AS TEXT)", {std::string()}), "");
  EXPECT_EQ(TextOf("SELECT CAST($1 AS TEXT)", {std::string("žluťoučký 🐎")}),
            "žluťoučký 🐎");
  EXPECT_EQ(TextOf("SELECT CAST($1 AS DOUBLE PRECISION)", {1.5}), "1.5");
  for (std::int64_t number :
       {std::int64_t{0}, std::numeric_limits<std::int64_t>::min(),
        std::numeric_limits<std::int64_t>::max()}) {
    db::Result result =
        connection_->Execute("SELECT CAST($1 AS BIGINT)", {number});
    EXPECT_EQ(std::get<std::int64_t>(result.rows.at(0).at(0)), number);
  }
}

TEST_P(ConnectionTest, TellsNullFromEmptyText) {
  db::Result result = connection_->Execute(
      "SELECT CAST($1 AS TEXT), CAST($2 AS TEXT)", {Value(), std::string()});
  EXPECT_TRUE(db::IsNull(result.rows.at(0).at(0)));
  EXPECT_FALSE(db::IsNull(result.rows.at(0).at(1)));
}

TEST_P(ConnectionTest, StoresBlobsWithZeroBytes) {
  connection_->Execute("CREATE TABLE b(v " + Text("blob type") + ")");
  connection_->Execute("INSERT INTO b VALUES ($1)", {db::Blob{0, 255, 39, 0}});
  EXPECT_EQ(TextOf("SELECT " + Text("v as hex") + " FROM b"), "00ff2700");
}

TEST_P(ConnectionTest, AnswersBooleansAsIntegers) {
  db::Result result = connection_->Execute("SELECT 1 = 1, 1 = 2");
  EXPECT_EQ(db::ToInt(result.rows.at(0).at(0)), 1);
  EXPECT_EQ(db::ToInt(result.rows.at(0).at(1)), 0);
}

TEST_P(ConnectionTest, TakesParametersByNumber) {
  EXPECT_EQ(TextOf("SELECT CAST($2 AS TEXT) || CAST($1 AS TEXT) || "
                   "CAST($2 AS TEXT) || '$1'",
                   {std::string("a"), std::string("b")}),
            "bab$1");
}

TEST_P(ConnectionTest, NamesColumnsAndCountsRows) {
  connection_->Execute("CREATE TABLE t(id integer PRIMARY KEY, v text)");
  EXPECT_EQ(
      connection_->Execute("INSERT INTO t VALUES (1,'a'),(2,'b')").affected, 2);
  EXPECT_EQ(connection_->Execute("UPDATE t SET v = 'c' WHERE id = 1").affected,
            1);
  EXPECT_EQ(connection_->Execute("UPDATE t SET v = 'c' WHERE id = 9").affected,
            0);
  EXPECT_EQ(connection_->Execute("UPDATE t SET v = 'c' WHERE id = 1").affected,
            1)
      << "a row that has the value already is one that matched";
  db::Result rows = connection_->Execute("SELECT id, v AS \"V\" FROM t");
  EXPECT_THAT(rows.columns, ElementsAre("id", "V"));
  EXPECT_EQ(rows.rows.size(), 2u);
  EXPECT_EQ(connection_->Execute("DELETE FROM t").affected, 2);
}

TEST_P(ConnectionTest, RunsScriptsWithBodiesAndComments) {
  connection_->ExecuteScript(
      "-- a comment; with a semicolon\n"
      "CREATE TABLE t(id integer, v text); /* ; */\n"
      "INSERT INTO t VALUES (1, 'a;b');");
  connection_->ExecuteScript(Text("script that sets t.id in a body"));
  EXPECT_EQ(TextOf("SELECT min(id) FROM t"), "7");
  EXPECT_NO_THROW(connection_->ExecuteScript("  -- nothing\n"));
}

TEST_P(ConnectionTest, SaysWhatKindOfErrorItIs) {
  connection_->ExecuteScript(
      "CREATE TABLE t(id integer PRIMARY KEY, v text NOT NULL, "
      "CHECK (id < 100)); INSERT INTO t VALUES (1, 'a')");
  for (const char* sql :
       {"INSERT INTO t VALUES (1, 'b')", "INSERT INTO t VALUES (2, NULL)",
        "INSERT INTO t VALUES (100, 'b')"}) {
    EXPECT_EQ(ErrorOf(sql).kind(), ErrorKind::kConstraint) << sql;
  }
  for (const char* sql : {"SELECT * FROM nowhere", "SELECT nothing FROM t"}) {
    ErrorKind kind = ErrorOf(sql).kind();
    // Of the statement's own making, whatever the exact kind.
    EXPECT_THAT(kind, ::testing::AnyOf(ErrorKind::kNotFound,
                                       ErrorKind::kRefused, ErrorKind::kUsage))
        << sql << ": " << ToString(kind);
  }
}

TEST_P(ConnectionTest, DescribesAnErrorAndLivesOn) {
  Error error = ErrorOf("SELEC 1");
  EXPECT_FALSE(error.retryable());
  EXPECT_FALSE(error.poisons_connection());
  EXPECT_EQ(error.sql(), "SELEC 1");
  EXPECT_FALSE(error.native_code().empty());
  EXPECT_TRUE(connection_->alive());
  EXPECT_EQ(TextOf("SELECT 1"), "1");
}

TEST_P(ConnectionTest, KeepsOnlyWhatIsCommitted) {
  connection_->Execute("CREATE TABLE t(id integer PRIMARY KEY)");
  for (db::Purpose purpose :
       {db::Purpose::kLedger, db::Purpose::kSchema, db::Purpose::kBackfill}) {
    {
      db::Transaction transaction(*connection_, {purpose, {}});
      connection_->Execute("INSERT INTO t VALUES (1)");
    }
    EXPECT_EQ(db().app().One("SELECT count(*) FROM t"), "0");
    {
      db::Transaction transaction(*connection_, {purpose, {}});
      connection_->Execute("INSERT INTO t VALUES (1)");
      transaction.Commit();
    }
    EXPECT_EQ(db().app().One("SELECT count(*) FROM t"), "1");
    db().Exec("DELETE FROM t");
  }
}

TEST_P(ConnectionTest, RollsBackAfterAFailedStatement) {
  connection_->Execute("CREATE TABLE t(id integer PRIMARY KEY)");
  {
    db::Transaction transaction(*connection_, {db::Purpose::kSchema, {}});
    connection_->Execute("INSERT INTO t VALUES (1)");
    EXPECT_THROW(connection_->Execute("INSERT INTO t VALUES (1)"), Error);
  }
  EXPECT_EQ(db().app().One("SELECT count(*) FROM t"), "0");
  EXPECT_EQ(TextOf("SELECT 1"), "1");
}

TEST_P(ConnectionTest, RollsBackSchemaChanges) {
  {
    db::Transaction transaction(*connection_, {db::Purpose::kSchema, {}});
    connection_->Execute("CREATE TABLE gone(id integer)");
  }
  EXPECT_THAT(ErrorOf("SELECT * FROM gone").what(),
              ::testing::HasSubstr("gone"));
}

TEST_P(ConnectionTest, ReadsOneSnapshot) {
  db().Exec(Text("readers beside a writer"));
  db().Exec("CREATE TABLE t(id integer); INSERT INTO t VALUES (1)");
  db::Transaction transaction(*connection_, {db::Purpose::kRead, {}});
  EXPECT_EQ(TextOf("SELECT count(*) FROM t"), "1");
  db().Exec("INSERT INTO t VALUES (2)");
  EXPECT_EQ(TextOf("SELECT count(*) FROM t"), "1");
}

TEST_P(ConnectionTest, GivesUpWaitingWhenTheBudgetIsSpent) {
  db().Exec("CREATE TABLE t(id integer)");
  db().Exec("BEGIN");
  db().Exec("INSERT INTO t VALUES (1)");
  auto started = std::chrono::steady_clock::now();
  try {
    db::Transaction transaction(
        *connection_, {db::Purpose::kSchema, std::chrono::milliseconds(100)});
    connection_->Execute("ALTER TABLE t ADD COLUMN v text");
    ADD_FAILURE() << "did not wait for the lock";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kLockTimeout) << error.what();
    EXPECT_TRUE(error.retryable());
  }
  EXPECT_LT(std::chrono::steady_clock::now() - started,
            std::chrono::seconds(3));
  db().Exec("COMMIT");
  EXPECT_EQ(TextOf("SELECT count(*) FROM t"), "1");
}

TEST_P(ConnectionTest, IsInterruptedFromAnotherThread) {
  std::atomic<bool> done{false};
  std::thread other([&] {
    Eventually([&] {
      connection_->Interrupt();
      return done.load();
    });
  });
  Error error = ErrorOf(Text("endless query"));
  done = true;
  other.join();
  EXPECT_EQ(error.kind(), ErrorKind::kCancelled) << error.what();
  EXPECT_TRUE(connection_->alive());
}

TEST_P(ConnectionTest, RefusesABadPlaceWithoutShowingThePassword) {
  const std::string& url = Text("unreachable URL");
  try {
    dialect().Connect({db::ParseUrl(url), "", "", "test"});
    FAIL() << "connected to " << url;
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kConnectionLost) << error.what();
    EXPECT_EQ(std::string(error.what()).find("geheim"), std::string::npos);
  }
}

SEGUE_INSTANTIATE(ConnectionTest);

}  // namespace
}  // namespace segue::test
