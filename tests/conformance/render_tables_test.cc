// Tables that go while applications write those that they refer to.
#include <gtest/gtest.h>

#include <thread>

#include "tests/support/actions.h"
#include "tests/support/testbed.h"

namespace segue::test {
namespace {

class TableGoesTest : public DialectTest {
 protected:
  void SetUp() override {
    DialectTest::SetUp();
    if (IsSkipped()) return;
    db().Exec(
        "CREATE TABLE items(id integer PRIMARY KEY, v integer);"
        "INSERT INTO items VALUES (1, 0), (2, 0);"
        "CREATE TABLE logs(id integer PRIMARY KEY,"
        " item integer REFERENCES items)");
    connection_ = db().Connect();
  }

  schema::Table Logs() {
    return schema::RequireTable(
        dialect().Inspect(*connection_,
                          dialect().capabilities().default_schema),
        "logs");
  }

  // Runs `statements` from the middle of an application's transaction on.
  void ExpectMakesWay(const std::vector<Statement>& statements) {
    const std::unique_ptr<Client> client = db().NewClient();
    client->Query(
        "BEGIN; SET LOCAL deadlock_timeout = '1ms';"
        "UPDATE items SET v = 1 WHERE id = 1");
    std::thread goes([&] { RunStatements(*connection_, statements, true); });
    WaitUntil(db().app(), "SELECT count(*) FROM pg_locks WHERE NOT granted",
              "1");
    EXPECT_NO_THROW(client->Query("DELETE FROM items WHERE id = 2; COMMIT"));
    goes.join();
    EXPECT_TRUE(db().app().Fails("SELECT 1 FROM logs"));
  }

  std::unique_ptr<db::Connection> connection_;
};

TEST_P(TableGoesTest, ForGood) {
  ExpectMakesWay(
      RenderNow(db(), *connection_, plan::DropTable{Logs()}).forward);
}

TEST_P(TableGoesTest, BecauseItIsNoLongerMade) {
  ExpectMakesWay(RenderNow(db(), *connection_, plan::CreateTable{Logs()}).undo);
}

// As when somebody has dropped it with all that hung on it.
TEST_P(TableGoesTest, AlsoWithoutTheOneItRefersTo) {
  const auto undo =
      RenderNow(db(), *connection_, plan::CreateTable{Logs()}).undo;
  db().Exec("DROP TABLE items CASCADE");
  RunStatements(*connection_, undo, true);
  EXPECT_TRUE(db().app().Fails("SELECT 1 FROM logs"));
}

TEST_P(TableGoesTest, AlsoWhenTheOtherIsSomebodyElses) {
  db().Exec(
      "DROP ROLE IF EXISTS segue_logs; CREATE ROLE segue_logs;"
      "ALTER TABLE logs OWNER TO segue_logs");
  const auto undo =
      RenderNow(db(), *connection_, plan::CreateTable{Logs()}).undo;
  connection_->Execute("SET ROLE segue_logs");
  RunStatements(*connection_, undo, true);
  EXPECT_TRUE(db().app().Fails("SELECT 1 FROM logs"));
  db().Exec("DROP ROLE segue_logs");
}

SEGUE_INSTANTIATE_ON(TableGoesTest, PostgresTestbed());

}  // namespace
}  // namespace segue::test
