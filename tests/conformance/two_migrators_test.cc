// Two migrators in one process, each with a database of its own.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <thread>

#include "segue/cancel.h"
#include "segue/error.h"
#include "segue/migrator.h"
#include "tests/support/testbed.h"

namespace segue::test {
namespace {

// Far longer than an interrupt takes to arrive, also on a busy machine.
constexpr std::chrono::seconds kSoon{15};

class TwoMigratorsTest : public DialectTest {
 protected:
  void SetUp() override {
    DialectTest::SetUp();
    if (IsSkipped()) return;
    other_ = GetParam().fresh();
    for (TestDatabase* one : {&db(), other_.get()}) {
      one->Exec(
          "CREATE TABLE users(id integer PRIMARY KEY, name text NOT NULL)");
      one->Exec("INSERT INTO users VALUES (1, 'alice'), (2, 'bob')");
    }
  }

  static Migration Rename() {
    Migration migration("01_rename", "Rename name");
    migration.RenameColumn("users", "name", "full_name");
    return migration;
  }
  // One statement that takes longer than kSoon.
  Migration Slow() {
    Migration migration("01_slow", "Wait");
    migration.Sql(Text("a statement that takes long"));
    return migration;
  }
  // What the start ends with; nullopt: it did what it should.
  static std::optional<ErrorKind> Run(Database& database,
                                      const MigratorOptions& options,
                                      const Migration& migration) {
    try {
      Migrator(database, options).Start(migration);
    } catch (const Error& error) {
      return error.kind();
    }
    return std::nullopt;
  }

  std::unique_ptr<TestDatabase> other_;
};

// The one that ends first must not take the interrupts of the other with it.
TEST_P(TwoMigratorsTest, AreBothInterruptedByTheTokenThatTheyShare) {
  Database database = db().Open();
  Database other = other_->Open();
  CancelToken token;
  std::atomic<bool> over{false};
  std::thread stopper;
  MigratorOptions options;
  options.cancel = &token;
  const MigratorOptions same = options;
  options.listeners.Add([&](const Progress& progress) {
    const bool begins = progress.event == Progress::Event::kStepStarted;
    if (!begins || stopper.joinable()) return;
    EXPECT_EQ(Run(other, same, Rename()), std::nullopt);
    stopper = std::thread([&] {
      while (!over) {
        token.Request();
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
      }
    });
  });
  const auto began = std::chrono::steady_clock::now();
  EXPECT_EQ(Run(database, options, Slow()), ErrorKind::kCancelled);
  EXPECT_LT(std::chrono::steady_clock::now() - began, kSoon);
  over = true;
  ASSERT_TRUE(stopper.joinable());
  stopper.join();
  EXPECT_EQ(Migrator(other, {}).Status()->sub_state, SubState::kReady);
}

TEST_P(TwoMigratorsTest, AreNotStoppedByTheTokenOfTheOther) {
  Database database = db().Open();
  Database other = other_->Open();
  CancelToken token;
  CancelToken others;
  MigratorOptions stopped;
  stopped.cancel = &others;
  stopped.listeners.Add([&](const Progress&) { others.Request(); });
  std::optional<ErrorKind> kind;
  MigratorOptions options;
  options.cancel = &token;
  options.listeners.Add([&](const Progress& progress) {
    if (kind || progress.event != Progress::Event::kStepStarted) return;
    kind = Run(other, stopped, Rename());
  });
  EXPECT_EQ(Run(database, options, Rename()), std::nullopt);
  EXPECT_EQ(kind, ErrorKind::kCancelled);
  EXPECT_TRUE(others.stop_now());
  EXPECT_FALSE(token.stop_requested());
  EXPECT_EQ(Migrator(database, {}).Status()->sub_state, SubState::kReady);
}

SEGUE_INSTANTIATE(TwoMigratorsTest);

}  // namespace
}  // namespace segue::test
