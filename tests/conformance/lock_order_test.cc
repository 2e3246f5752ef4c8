// In what order, and for how long, segue waits for locks beside applications
// that hold some and want more: an application never fails with a deadlock.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <thread>

#include "db/connection.h"
#include "segue/database.h"
#include "segue/error.h"
#include "segue/migrator.h"
#include "segue/undo.h"
#include "tests/support/test_database.h"
#include "tests/support/testbed.h"
#include "tests/support/thrown.h"

namespace segue::test {
namespace {

class LockOrderTest : public ::testing::Test {
 protected:
  void SetUp() override {
    SEGUE_SKIP_UNLESS_INSTALLED(PostgresTestbed());
    db_ = PostgresTestbed().fresh();
  }
  void Start(const std::function<void(Migration&)>& change) {
    database_.emplace(db_->Open());
    Migration migration("m", "");
    migration.access = Access::kInPlace;
    change(migration);
    Migrator(*database_, {}).Start(migration);
  }
  // A session that has the table goes on to its partitions while `act` waits
  // for the table.
  void ExpectPartitionsFree(const std::string& table,
                            const std::function<void()>& act) {
    db_->Exec("SET lock_timeout = '5s'; BEGIN; LOCK TABLE ONLY " + table +
              " IN ACCESS SHARE MODE");
    std::jthread runner([&] { EXPECT_NO_THROW(act()); });
    WaitUntil(*db_->NewClient(),
              "SELECT count(*) > 0 FROM pg_locks WHERE NOT granted AND "
              "relation = '" +
                  table + "'::regclass",
              "t");
    EXPECT_EQ(db_->app().ErrorOf("SELECT count(*) FROM " + table), "");
    db_->Exec("COMMIT");
  }

  std::unique_ptr<TestDatabase> db_;
  std::optional<Database> database_;
};

constexpr const char* kDivided =
    "CREATE TABLE t (id bigint PRIMARY KEY, v integer) PARTITION BY HASH (id);"
    "CREATE TABLE t_0 PARTITION OF t FOR VALUES WITH (MODULUS 2, REMAINDER 0);"
    "CREATE TABLE t_1 PARTITION OF t FOR VALUES WITH (MODULUS 2, REMAINDER 1);"
    "INSERT INTO t SELECT i, i FROM generate_series(1, 100) i";

TEST_F(LockOrderTest, TriggersOfADividedTableGoAfterTheTableIsLocked) {
  db_->Exec(kDivided);
  Start([](Migration& m) { m.RenameColumn("t", "v", "w"); });
  ExpectPartitionsFree("t", [&] { Migrator(*database_, {}).Rollback(); });
}

TEST_F(LockOrderTest, TheWindowOfADividedTableEndsAfterTheTableIsLocked) {
  db_->Exec(
      "CREATE TABLE t (id bigint NOT NULL PRIMARY KEY, v integer);"
      "INSERT INTO t SELECT i, i FROM generate_series(1, 100) i");
  Start([](Migration& m) {
    m.undo_window = std::chrono::hours(1);
    m.PartitionTable("t", {.method = PartitionSpec::Method::kHash,
                           .key = {"id"},
                           .parts = {{"t_0"}, {"t_1"}, {"t_2"}}});
  });
  Migrator(*database_, {}).Complete();
  ExpectPartitionsFree("t", [&] { UndoWindow(*database_, {}).Drop(); });
}

// An application's session looks for a deadlock after deadlock_timeout. We have
// given up by then, however often we had waited before.
TEST_F(LockOrderTest, TheRestOfATransactionWaitsShorterThanAnApplication) {
  db_->Exec("CREATE TABLE a (id integer); CREATE TABLE b (id integer)");
  const auto ours = db_->Connect("runner");
  ours->Execute("SET deadlock_timeout = '60s'");
  const auto lock = [&](const std::string& table) {
    ours->Execute("LOCK TABLE " + table + " IN ACCESS EXCLUSIVE MODE");
    ours->LimitWaits();
  };
  ours->Begin({db::Purpose::kSchema, std::chrono::seconds(60)});
  lock("a");
  db_->Exec("BEGIN; LOCK TABLE b IN ACCESS SHARE MODE");
  std::string error;
  std::jthread application(
      [&] { error = db_->app().ErrorOf("SELECT count(*) FROM a"); });
  WaitUntil(*db_->NewClient(),
            "SELECT count(*) FROM pg_locks WHERE NOT granted", "1");
  EXPECT_EQ(ThrownBy([&] { lock("b"); }).kind(), ErrorKind::kLockTimeout);
  ours->Rollback();
  application.join();
  EXPECT_EQ(error, "");
  db_->Exec("COMMIT");
}

TEST_F(LockOrderTest, WhatIsFreeIsGotHoweverLongATransactionHasHadLocks) {
  db_->Exec("CREATE TABLE a (id integer); CREATE TABLE b (id integer)");
  const auto ours = db_->Connect("runner");
  ours->Begin({db::Purpose::kSchema, std::chrono::seconds(60)});
  ours->Execute("LOCK TABLE a");
  ours->LimitWaits();
  ours->Execute(
      "SELECT pg_sleep(2 * setting::float8 / 1000) FROM pg_settings "
      "WHERE name = 'deadlock_timeout'");
  ours->LimitWaits();
  EXPECT_EQ(db::ToText(ours->Execute("SHOW lock_timeout").rows[0][0]), "1ms");
  ours->Execute("LOCK TABLE b");
  ours->Commit();
  EXPECT_EQ(db::ToText(ours->Execute("SHOW lock_timeout").rows[0][0]), "500ms");
}

}  // namespace
}  // namespace segue::test
