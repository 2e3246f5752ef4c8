// The undo window of a column that goes to another table: the column follows
// each write of what it has become, and an undo tells what it cannot hold.
#include <gmock/gmock.h>

#include <atomic>
#include <optional>
#include <thread>

#include "manifest/manifest.h"
#include "segue/migrator.h"
#include "segue/undo.h"
#include "tests/support/testbed.h"
#include "tests/support/thrown.h"

namespace segue::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class MoveColumnUndoTest : public DialectTest {
 protected:
  // Makes the two tables, of which the first has the column as it is declared.
  void Start(const std::string& email, Access access = Access::kVersioned,
             const std::string& down = "      down: \"'none'\"\n") {
    db().Exec(
        "CREATE TABLE customers(id integer NOT NULL PRIMARY KEY, name text, "
        "email " +
        email +
        ");CREATE TABLE orders(id integer NOT NULL PRIMARY KEY, customer_id "
        "integer REFERENCES customers(id), n integer NOT NULL DEFAULT 0);"
        "CREATE INDEX by_customer ON orders(customer_id);"
        "INSERT INTO customers(id, email) VALUES (1, 'a'), (2, 'b'), (3, 'c');"
        "INSERT INTO orders(id, customer_id) VALUES (10, 1), (11, 1), (20, 2), "
        "(90, NULL)");
    before_ = db().Dump();
    database_.emplace(db().Open());
    options_.access = access;
    options_.lock_patience = std::chrono::seconds(60);
    migrator_.emplace(*database_, options_);
    migrator_->Start(
        manifest::Parse("undo_window: 1h\noperations:\n  - move_column:\n"
                        "      from: {table: customers, column: email}\n"
                        "      to: {table: orders}\n"
                        "      join: orders.customer_id = customers.id\n" +
                            down,
                        "01_move.yaml"));
    app_ = access == Access::kVersioned ? db().NewVersionClient("latest")
                                        : db().NewClient();
  }
  void TearDown() override {
    app_.reset();
    migrator_.reset();
    database_.reset();
    DialectTest::TearDown();
  }
  void Seal() { migrator_->Complete(); }
  void Undo(const std::string& lossy = "") {
    UndoWindow(*database_, options_).Undo("", lossy);
  }
  void Drop() { UndoWindow(*database_, options_).Drop(); }
  // Writes as the new version does.
  void Write(const std::string& sql) {
    EXPECT_EQ(app_->ErrorOf(sql), "") << sql;
  }
  std::string One(const std::string& sql) {
    return db().app().One(sql).value_or("NULL");
  }
  std::string Emails() {
    std::string emails;
    for (const char* id : {"1", "2", "3"}) {
      emails +=
          " " +
          One(std::string("SELECT email FROM customers WHERE id = ") + id);
    }
    return emails;
  }

  MigratorOptions options_;
  std::string before_;
  std::optional<Database> database_;
  std::optional<Migrator> migrator_;
  std::unique_ptr<Client> app_;
};

TEST_P(MoveColumnUndoTest, WhatWasWrittenLastComesBack) {
  Start("text");
  Seal();
  EXPECT_NE(db().app().ErrorOf("SELECT email FROM customers"), "");
  Write("UPDATE orders SET email = 'a2' WHERE customer_id = 1");
  Write("INSERT INTO orders(id, customer_id, email) VALUES (30, 3, 'c2')");
  Write("INSERT INTO orders(id, customer_id, email) VALUES (91, NULL, 'x')");
  Write("UPDATE orders SET n = n + 1");
  Write("INSERT INTO customers(id, name) VALUES (4, 'Dee')");
  Undo();
  EXPECT_EQ(Emails(), " a2 b c2");
  EXPECT_EQ(One("SELECT email FROM customers WHERE id = 4"), "none");
  // Both are in step again.
  db().Exec("UPDATE customers SET email = 'a3' WHERE id = 1");
  Write("UPDATE orders SET email = 'c3' WHERE id = 30");
  EXPECT_EQ(Emails(), " a3 b c3");
  EXPECT_EQ(app_->One("SELECT email FROM orders WHERE id = 11"), "a3");
  Seal();
  Write("UPDATE orders SET customer_id = 2 WHERE id = 30");
  Write("UPDATE orders SET email = 'b2' WHERE customer_id = 2");
  Undo();
  EXPECT_EQ(Emails(), " a3 b2 c3");
  Seal();
  Drop();
  EXPECT_EQ(One("SELECT email FROM orders WHERE id = 20"), "b2");
  EXPECT_NE(db().app().ErrorOf("SELECT email FROM customers"), "");
}

TEST_P(MoveColumnUndoTest, ARollbackAfterAnUndoLeavesNothingBehind) {
  Start("text");
  Seal();
  Undo();
  migrator_->Rollback();
  EXPECT_EQ(db().Dump(), before_);
  EXPECT_EQ(Emails(), " a b c");
}

// A row of the other table has one value.
TEST_P(MoveColumnUndoTest, RowsThatDifferRefuseTheUndo) {
  Start("text");
  Seal();
  Write("UPDATE orders SET email = 'own' WHERE id = 11");
  const Error refused = ThrownBy([&] { Undo(); });
  EXPECT_THAT(refused.what(), AllOf(HasSubstr("orders"), HasSubstr("10")));
  EXPECT_EQ(app_->One("SELECT email FROM orders WHERE id = 10"), "a");
  Write("UPDATE orders SET email = 'own' WHERE id = 10");
  Undo();
  EXPECT_EQ(Emails(), " own b c");
  Seal();
  Write("UPDATE orders SET email = 'other' WHERE id = 10");
  Undo("they may differ");
  EXPECT_EQ(Emails(), " other b c");
  EXPECT_EQ(app_->One("SELECT email FROM orders WHERE id = 11"), "own");
  EXPECT_EQ(migrator_->Verify({.repair = true}).mismatches.size(), 0U);
  EXPECT_EQ(app_->One("SELECT email FROM orders WHERE id = 11"), "other");
}

// NULL is no value for the column as it was.
TEST_P(MoveColumnUndoTest, ARowWithoutAValueRefusesTheUndo) {
  Start("text NOT NULL DEFAULT 'none'");
  Seal();
  Write("UPDATE orders SET email = NULL WHERE id = 20");
  EXPECT_THAT(ThrownBy([&] { Undo(); }).what(), HasSubstr("20"));
  Write("UPDATE orders SET email = 'b2' WHERE id = 20");
  Undo();
  EXPECT_EQ(Emails(), " a b2 c");
  migrator_->Rollback();
  EXPECT_EQ(db().Dump(), before_);
}

TEST_P(MoveColumnUndoTest, InPlaceTheColumnIsGoneForBothVersions) {
  Start("text", Access::kInPlace);
  Seal();
  Write("UPDATE orders SET email = 'a2' WHERE customer_id = 1");
  Undo();
  EXPECT_EQ(Emails(), " a2 b c");
  Seal();
  Drop();
  EXPECT_EQ(One("SELECT email FROM orders WHERE id = 10"), "a2");
}

SEGUE_INSTANTIATE(MoveColumnUndoTest);

class MoveColumnUndoOfServerTest : public MoveColumnUndoTest {};

// Nothing of the column refuses a write while it is put aside.
TEST_P(MoveColumnUndoOfServerTest, TheOldShapeRefusesNoWrite) {
  Start("text CHECK (email <> 'bad') UNIQUE", Access::kVersioned, "");
  Seal();
  Write("UPDATE orders SET email = 'b' WHERE customer_id = 1");
  EXPECT_THAT(ThrownBy([&] { Undo(); }).what(), HasSubstr("email"));
  Write("UPDATE orders SET email = 'bad' WHERE customer_id = 1");
  EXPECT_THAT(ThrownBy([&] { Undo(); }).what(), HasSubstr("email"));
  Write("UPDATE orders SET email = 'a' WHERE customer_id = 1");
  Undo();
  EXPECT_EQ(Emails(), " a b c");
}

// The new version writes while the contract comes and goes.
TEST_P(MoveColumnUndoOfServerTest, NoAcknowledgedWriteIsLost) {
  Start("text");
  std::atomic<bool> over = false;
  std::atomic<int> written = 0;
  std::string error;
  std::thread writer([&] {
    const auto client = db().NewVersionClient("latest");
    while (!over && error.empty()) {
      const std::string next = std::to_string(written + 1);
      error = client->ErrorOf("UPDATE orders SET email = 'w" + next +
                              "', n = n + 1 WHERE id = 20");
      if (error.empty()) ++written;
    }
  });
  const auto wait = [&] {
    const int from = written;
    while (error.empty() && written < from + 20) std::this_thread::yield();
  };
  for (int i = 0; i < 3; ++i) {
    wait();
    EXPECT_NO_THROW(Seal());
    wait();
    EXPECT_NO_THROW(Undo());
  }
  wait();
  over = true;
  writer.join();
  EXPECT_EQ(error, "");
  EXPECT_EQ(One("SELECT email FROM customers WHERE id = 2"),
            "w" + std::to_string(written));
  EXPECT_EQ(One("SELECT n FROM orders WHERE id = 20"), std::to_string(written));
}

SEGUE_INSTANTIATE_ON(MoveColumnUndoOfServerTest, PostgresTestbed());

}  // namespace
}  // namespace segue::test
