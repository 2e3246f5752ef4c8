// The disk gets full in the middle of a fill, and there is room again: at once,
// or when the run has given up. Nothing is lost and nothing is done twice.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "db/connection.h"
#include "segue/error.h"
#include "segue/migrator.h"
#include "tests/support/testbed.h"

namespace segue::test {
namespace {

using ::testing::HasSubstr;

class FullDiskTest : public DialectTest {
 protected:
  // Where several work at once, one range for each of four.
  int rows() { return can().parallel_writers ? 430'000 : 5'000; }

  void SetUp() override {
    DialectTest::SetUp();
    if (IsSkipped()) return;
    if (GetParam().limit_room == nullptr) {
      GTEST_SKIP() << "no test can fill the disk of " << GetParam().name;
    }
    db().Exec(
        "CREATE TABLE users(id BIGINT PRIMARY KEY, name TEXT NOT NULL);"
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n "
        "WHERE i < " +
        std::to_string(rows()) +
        ") INSERT INTO users SELECT i, 'user ' || i FROM n");
    room_ = GetParam().limit_room(db(), "users");
  }

  void GiveRoom(Database& filling) { room_->Give(filling.connection()); }

  static Migration Rename() {
    Migration migration("01_full_disk", "Rename users.name");
    migration.RenameColumn("users", "name", "full_name");
    return migration;
  }

  // Full after the first chunk; then `on_retry`.
  MigratorOptions FullAfterAChunk(Database& filling,
                                  const std::function<void()>& on_retry) {
    MigratorOptions options;
    options.workers = 4;
    options.listeners.Add([this, &filling, on_retry](const Progress& progress) {
      if (progress.event == Progress::Event::kRows && !full_) {
        full_ = true;
        room_->Take(filling.connection());
      }
      if (progress.event != Progress::Event::kRetry) return;
      told_.push_back(progress.message);
      on_retry();
    });
    return options;
  }

  void ExpectSound(Database& database) {
    const Cell moved =
        db().app().One("SELECT moved FROM " + can().ledger_prefix +
                       "motion WHERE activity = 'backfill'");
    EXPECT_EQ(moved, std::to_string(rows()));
    Migrator migrator(database, {});
    EXPECT_TRUE(migrator.Verify().clean());
    migrator.Complete();
    EXPECT_EQ(db().app().One("SELECT count(*) FROM users WHERE full_name = "
                             "'user ' || id"),
              std::to_string(rows()));
  }

  std::unique_ptr<DiskRoom> room_;
  bool full_ = false;
  std::vector<std::string> told_;
};

TEST_P(FullDiskTest, GoesOnByItselfWhenThereIsRoomAgain) {
  Database database = db().Open();
  const auto options = FullAfterAChunk(database, [&] { GiveRoom(database); });
  Migrator(database, options).Start(Rename());
  ASSERT_FALSE(told_.empty());
  EXPECT_THAT(told_.front(), HasSubstr(Text("disk full")));
  ExpectSound(database);
}

TEST_P(FullDiskTest, IsContinuedByTheSameCommand) {
  Database database = db().Open();
  MigratorOptions options = FullAfterAChunk(database, [] {});
  options.lock_patience = std::chrono::seconds(1);
  try {
    Migrator(database, options).Start(Rename());
    FAIL() << "there was room";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kRetryable);
    EXPECT_THAT(error.what(), HasSubstr(Text("disk full")));
    EXPECT_THAT(error.hint(), HasSubstr("the same command"));
  }
  const auto status = Migrator(database, {}).Status();
  ASSERT_TRUE(status);
  EXPECT_EQ(status->phase, Phase::kMigrating);
  EXPECT_NE(
      db().app().One("SELECT sum(moved) FROM " + can().ledger_prefix + "range"),
      "0");
  GiveRoom(database);
  Migrator(database, {}).Start(Rename());
  ExpectSound(database);
}

SEGUE_INSTANTIATE(FullDiskTest);

}  // namespace
}  // namespace segue::test
