// A column that goes to another table, with clients on both: what they write is
// in both at every moment, and nothing of it is lost.
#include <gmock/gmock.h>

#include <atomic>
#include <map>
#include <mutex>
#include <optional>
#include <thread>

#include "manifest/manifest.h"
#include "segue/migrator.h"
#include "tests/conformance/lock_wait.h"
#include "tests/support/testbed.h"
#include "tests/support/thrown.h"

namespace segue::test {
namespace {

using ::testing::HasSubstr;

constexpr const char* kMove =
    "access: versioned\noperations:\n  - move_column:\n"
    "      from: {table: customers, column: email}\n"
    "      to: {table: orders}\n"
    "      join: orders.customer_id = customers.id\n";

// Is true when each row has the value of the row to which it refers.
constexpr const char* kInStep =
    "SELECT count(*) FROM orders o JOIN customers c ON c.id = o.customer_id "
    "WHERE NOT (o.email = c.email OR (o.email IS NULL AND c.email IS NULL))";

class MoveColumnTest : public DialectTest {
 protected:
  void SetUp() override {
    DialectTest::SetUp();
    if (IsSkipped()) return;
    db().Exec(
        "CREATE TABLE customers(id integer NOT NULL PRIMARY KEY, email text, "
        "seen integer NOT NULL DEFAULT 0);"
        "CREATE TABLE orders(id integer NOT NULL PRIMARY KEY, customer_id "
        "integer REFERENCES customers(id), n integer NOT NULL DEFAULT 0);"
        "CREATE INDEX by_customer ON orders(customer_id)");
    for (int id = 1; id <= kCustomers; ++id) {
      const std::string text = std::to_string(id);
      db().Exec("INSERT INTO customers(id, email) VALUES (" + text + ", 'm" +
                text + "');INSERT INTO orders(id, customer_id) VALUES (" +
                text + "0, " + text + "), (" + text + "1, " + text + ")");
    }
    database_.emplace(db().Open());
    MigratorOptions options;
    options.access = Access::kVersioned;
    options.lock_patience = std::chrono::seconds(60);
    migrator_.emplace(*database_, options);
  }
  void TearDown() override {
    app_.reset();
    migrator_.reset();
    database_.reset();
    DialectTest::TearDown();
  }

  void Start() {
    migrator_->Start(manifest::Parse(kMove, "01_move.yaml"));
    app_ = db().NewVersionClient("latest");
  }
  std::string One(const std::string& sql) {
    return db().app().One(sql).value_or("NULL");
  }

  static constexpr int kCustomers = 20;
  std::optional<Database> database_;
  std::optional<Migrator> migrator_;
  std::unique_ptr<Client> app_;
};

// What clients have been told is so, by customer and by order.
class Told {
 public:
  void Email(int customer, const std::string& email) {
    const std::lock_guard<std::mutex> lock(mutex_);
    emails_[customer] = email;
  }
  void Counted(int order) {
    const std::lock_guard<std::mutex> lock(mutex_);
    ++counts_[order];
  }
  std::map<int, std::string> emails() const { return emails_; }
  std::map<int, int> counts() const { return counts_; }

 private:
  std::mutex mutex_;
  std::map<int, std::string> emails_;
  std::map<int, int> counts_;
};

// Odd customers are written through the old table and even ones through the new
// one, while orders come and are counted.
TEST_P(MoveColumnTest, NothingOfWhatClientsWriteIsLost) {
  Told told;
  std::atomic<bool> over = false;
  std::atomic<bool> both = false;
  std::atomic<int> next = 1000;
  std::vector<std::string> failures;
  std::mutex mutex;
  const auto run = [&](Client& client, const std::string& sql) {
    const std::string error = client.ErrorOf(sql);
    if (error.empty()) return true;
    const std::lock_guard<std::mutex> lock(mutex);
    failures.push_back(sql + ": " + error);
    return false;
  };
  std::vector<std::thread> clients;
  clients.emplace_back([&] {  // of the old version, until the contract
    const auto client = db().NewClient();
    for (int i = 0; !over; ++i) {
      const int customer = i % kCustomers | 1;
      const std::string email = "old" + std::to_string(i);
      if (run(*client, "UPDATE customers SET email = '" + email +
                           "' WHERE id = " + std::to_string(customer))) {
        told.Email(customer, email);
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  });
  clients.emplace_back([&] {
    const auto client = db().NewClient();
    for (int i = 0; !over; ++i) {
      const std::string id = std::to_string(++next);
      run(*client, "INSERT INTO orders(id, customer_id) VALUES (" + id + ", " +
                       std::to_string(1 + i % kCustomers) + ")");
      const int order = (1 + i % kCustomers) * 10;
      if (run(*client, "UPDATE orders SET n = n + 1 WHERE id = " +
                           std::to_string(order))) {
        told.Counted(order);
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  });
  clients.emplace_back([&] {
    while (!both && !over) {
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    if (over) return;
    const auto client = db().NewVersionClient("latest");
    for (int i = 0; !over; ++i) {
      const int customer = 2 + i % kCustomers / 2 * 2;
      const std::string email = "new" + std::to_string(i);
      if (run(*client, "UPDATE orders SET email = '" + email +
                           "' WHERE id = " + std::to_string(customer) + "1")) {
        told.Email(customer, email);
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  });
  Start();
  both = true;
  for (int i = 0; i < 200; ++i) {
    EXPECT_EQ(One(kInStep), "0");
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  EXPECT_TRUE(migrator_->Verify().clean());
  over = true;
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(failures, std::vector<std::string>{});
  EXPECT_EQ(One(kInStep), "0");
  for (const auto& [customer, email] : told.emails()) {
    EXPECT_EQ(One("SELECT email FROM customers WHERE id = " +
                  std::to_string(customer)),
              email);
  }
  migrator_->Complete();
  EXPECT_GT(told.emails().size(), kCustomers / 2U);
  for (const auto& [customer, email] : told.emails()) {
    EXPECT_EQ(app_->One("SELECT max(email) FROM orders WHERE customer_id = " +
                        std::to_string(customer))
                  .value_or("NULL"),
              email);
  }
  for (const auto& [order, count] : told.counts()) {
    EXPECT_EQ(
        app_->One("SELECT n FROM orders WHERE id = " + std::to_string(order))
            .value_or("NULL"),
        std::to_string(count));
  }
}

SEGUE_INSTANTIATE(MoveColumnTest);

class MoveColumnRaceTest : public MoveColumnTest {};

// Neither of the two sees the other, whichever of them commits first.
TEST_P(MoveColumnRaceTest, ARowThatComesWhileItsParentChangesGetsTheChange) {
  Start();
  const auto inserts = db().NewClient();
  const auto changes = db().NewClient();
  changes->Query("BEGIN");
  changes->Query("UPDATE customers SET email = 'x' WHERE id = 1");
  inserts->Query("INSERT INTO orders(id, customer_id) VALUES (500, 1)");
  changes->Query("COMMIT");
  EXPECT_EQ(One("SELECT email FROM orders WHERE id = 500"), "x");
  inserts->Query("BEGIN");
  inserts->Query("INSERT INTO orders(id, customer_id) VALUES (501, 1)");
  inserts->Query("UPDATE orders SET customer_id = 1 WHERE id = 20");
  changes->Query("UPDATE customers SET email = 'y' WHERE id = 1");
  inserts->Query("COMMIT");
  EXPECT_EQ(One("SELECT email FROM orders WHERE id = 501"), "y");
  EXPECT_EQ(One("SELECT email FROM orders WHERE id = 20"), "y");
  EXPECT_EQ(One(kInStep), "0");
}

// Both inserts lock nothing of the parent, so that each may change it later.
TEST_P(MoveColumnRaceTest, TwoThatInsertAndThenWriteTheParentDoNotMeet) {
  Start();
  const auto one = db().NewClient();
  const auto other = db().NewClient();
  one->Query("BEGIN");
  other->Query("BEGIN");
  one->Query("INSERT INTO orders(id, customer_id) VALUES (500, 1)");
  other->Query("INSERT INTO orders(id, customer_id) VALUES (501, 1)");
  one->Query("UPDATE customers SET seen = seen + 1 WHERE id = 1");
  std::string error = "nothing came of it";
  std::thread waits([&] {
    error = other->ErrorOf("UPDATE customers SET seen = seen + 1 WHERE id = 1");
    other->Query("COMMIT");
  });
  WaitForALock(db().app());
  one->Query("COMMIT");
  waits.join();
  EXPECT_EQ(error, "");
  EXPECT_EQ(One("SELECT seen FROM customers WHERE id = 1"), "2");
}

// The one writes the parent and comes to the row; the other has the row and
// comes to the parent.
TEST_P(MoveColumnRaceTest, WritersOfOneValueThroughBothTablesMayMeet) {
  Start();
  const auto old = db().NewClient();
  app_->Query("BEGIN");
  app_->Query("UPDATE orders SET n = n + 1 WHERE id = 10");
  std::string error;
  std::thread writes([&] {
    error = old->ErrorOf("UPDATE customers SET email = 'old' WHERE id = 1");
  });
  WaitForALock(db().app());
  const std::string other =
      app_->ErrorOf("UPDATE orders SET email = 'new' WHERE id = 10");
  app_->Query(other.empty() ? "COMMIT" : "ROLLBACK");
  writes.join();
  EXPECT_NE(error.empty(), other.empty());
  EXPECT_THAT(error + other, HasSubstr("deadlock detected"));
  EXPECT_EQ(One("SELECT email FROM customers WHERE id = 1"),
            other.empty() ? "new" : "old");
  EXPECT_EQ(One(kInStep), "0");
}

TEST_P(MoveColumnRaceTest, ARowMayComeBeforeTheOneToWhichItRefers) {
  db().Exec(
      "ALTER TABLE orders ALTER CONSTRAINT orders_customer_id_fkey DEFERRABLE "
      "INITIALLY DEFERRED");
  Start();
  app_->Query("BEGIN");
  app_->Query(
      "INSERT INTO orders(id, customer_id, email) VALUES (500, 99, 'v')");
  app_->Query("INSERT INTO customers(id) VALUES (99)");
  app_->Query("COMMIT");
  EXPECT_EQ(One("SELECT email FROM customers WHERE id = 99"), "v");
  db().app().Query("BEGIN");
  db().app().Query("INSERT INTO orders(id, customer_id) VALUES (501, 98)");
  db().app().Query("INSERT INTO customers(id, email) VALUES (98, 'w')");
  db().app().Query("COMMIT");
  EXPECT_EQ(One("SELECT email FROM orders WHERE id = 501"), "w");
  EXPECT_EQ(One(kInStep), "0");
}

// Neither transaction has seen the row of the other when it wrote its own.
TEST_P(MoveColumnRaceTest, ARowMayComeBeforeAParentOfAnotherTransaction) {
  db().Exec(
      "ALTER TABLE orders ALTER CONSTRAINT orders_customer_id_fkey DEFERRABLE "
      "INITIALLY DEFERRED");
  Start();
  app_->Query("BEGIN");
  app_->Query("INSERT INTO orders(id, customer_id) VALUES (500, 99)");
  db().app().Query("INSERT INTO customers(id, email) VALUES (99, 'p')");
  app_->Query("COMMIT");
  EXPECT_EQ(One("SELECT email FROM orders WHERE id = 500"), "p");
  app_->Query("BEGIN");
  app_->Query(
      "INSERT INTO orders(id, customer_id, email) VALUES (501, 98, 'given')");
  db().app().Query("INSERT INTO customers(id) VALUES (98)");
  app_->Query("COMMIT");
  EXPECT_EQ(One("SELECT email FROM customers WHERE id = 98"), "given");
  EXPECT_EQ(One(kInStep), "0");
}

// What a trigger of the parent makes of the value is in all rows.
TEST_P(MoveColumnRaceTest, ATriggerOfTheParentMayChangeTheValue) {
  db().Exec(
      "CREATE FUNCTION low() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN "
      "jsonb_populate_record(NEW, lower(to_jsonb(NEW)::text)::jsonb); END';"
      "CREATE TRIGGER low BEFORE UPDATE ON customers FOR EACH ROW EXECUTE "
      "FUNCTION low()");
  Start();
  app_->Query("UPDATE orders SET email = 'M1' WHERE id = 10");
  EXPECT_EQ(One("SELECT email FROM orders WHERE id = 10"), "m1");
  app_->Query("UPDATE orders SET email = 'NEW' WHERE id = 10");
  EXPECT_EQ(One("SELECT email FROM orders WHERE id = 11"), "new");
  EXPECT_EQ(One(kInStep), "0");
}

TEST_P(MoveColumnRaceTest, ATriggerThatWritesTheOtherTableIsRefused) {
  db().Exec(
      "CREATE FUNCTION mail() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN "
      "UPDATE "
      "customers SET email = NULL WHERE id = NEW.customer_id; RETURN NEW; END';"
      "CREATE TRIGGER mail AFTER UPDATE ON orders FOR EACH ROW EXECUTE "
      "FUNCTION "
      "mail()");
  EXPECT_THAT(ThrownBy([&] { Start(); }).what(),
              HasSubstr("which mentions 'customers'"));
}

TEST_P(MoveColumnRaceTest, StatementsOfTheServerWriteBoth) {
  Start();
  app_->Query(
      "INSERT INTO orders(id, customer_id, email) VALUES (10, 1, 'up') ON "
      "CONFLICT (id) DO UPDATE SET email = EXCLUDED.email");
  EXPECT_EQ(One("SELECT email FROM customers WHERE id = 1"), "up");
  EXPECT_EQ(app_->One("UPDATE orders SET email = email || '!' WHERE id = 10 "
                      "RETURNING email")
                .value_or(""),
            "up!");
  EXPECT_EQ(app_->One("INSERT INTO orders(id, customer_id) VALUES (500, 1) "
                      "RETURNING email")
                .value_or(""),
            "up!");
  db().app().Query(
      "INSERT INTO customers(id, email) VALUES (1, 'again') ON CONFLICT (id) "
      "DO UPDATE SET email = EXCLUDED.email");
  EXPECT_EQ(One("SELECT email FROM orders WHERE id = 500"), "again");
  db().app().Query("UPDATE customers SET email = 'all' || id");
  EXPECT_EQ(One(kInStep), "0");
  app_->Query("UPDATE orders SET email = 'each' || id");
  EXPECT_EQ(One(kInStep), "0");
  db().app().Query("TRUNCATE customers, orders");
  migrator_->Complete();
}

TEST_P(MoveColumnRaceTest, AVerificationFindsAndMendsARowOutOfStep) {
  Start();
  EXPECT_TRUE(migrator_->Verify().clean());
  db().Exec(
      "SET session_replication_role = replica; UPDATE orders SET email = "
      "'stale' WHERE id = 10; RESET session_replication_role");
  EXPECT_FALSE(migrator_->Verify().clean());
  EXPECT_NE(ThrownBy([&] { migrator_->Complete(); }).what(), std::string());
  VerifyOptions mend;
  mend.repair = true;
  migrator_->Verify(mend);
  EXPECT_TRUE(migrator_->Verify().clean());
  EXPECT_EQ(app_->One("SELECT email FROM orders WHERE id = 10").value_or(""),
            "m1");
  migrator_->Complete();
}

SEGUE_INSTANTIATE_ON(MoveColumnRaceTest, PostgresTestbed());

}  // namespace
}  // namespace segue::test
