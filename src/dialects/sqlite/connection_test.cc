#include "dialects/sqlite/connection.h"

#include <gmock/gmock.h>
#include <sqlite3.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>

#include "dialects/sqlite/errors.h"
#include "dialects/sqlite/test_session.h"
#include "tests/support/eventually.h"

namespace segue::sqlite {
namespace {

using std::chrono::milliseconds;

class FileTest : public ::testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/segue-sqlite-XXXXXX";
    ASSERT_NE(mkdtemp(name), nullptr);
    folder_ = name;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string Path() const { return folder_ + "/app.db"; }
  std::string Url(const std::string& more = "") const {
    return "sqlite:" + Path() + more;
  }
  // Returns the error with which opening fails.
  Error OpenError(const std::string& url) {
    try {
      SqliteConnection connection(db::ParseUrl(url));
    } catch (const Error& error) {
      return error;
    }
    return Error(ErrorKind::kInternal, "opened");
  }

  std::string folder_;
};

TEST_F(FileTest, AMistypedPathIsAnError) {
  const Error error = OpenError(Url());
  EXPECT_EQ(error.kind(), ErrorKind::kConnectionLost);
  EXPECT_THAT(error.what(), ::testing::HasSubstr("no such file"));
  EXPECT_FALSE(std::filesystem::exists(Path()));
  EXPECT_STREQ(OpenError(Url("?mode=rwc")).what(), "opened");
  EXPECT_EQ(OpenError(Url("?mode=x")).kind(), ErrorKind::kUsage);
  EXPECT_EQ(OpenError("sqlite:" + folder_).kind(), ErrorKind::kConnectionLost);
}

TEST_F(FileTest, SaysThatAFileIsNoDatabase) {
  std::ofstream(Path()) << std::string(5000, 'x');
  const Error error = OpenError(Url());
  EXPECT_EQ(error.kind(), ErrorKind::kCorrupt);
  EXPECT_THAT(error.what(), ::testing::HasSubstr(Path()));
}

TEST_F(FileTest, RefusesToWriteWhereItMayNot) {
  const TestSession creates("CREATE TABLE t(a)", Url("?mode=rwc"));
  SqliteConnection connection(db::ParseUrl(Url("?mode=ro")));
  try {
    connection.Execute("INSERT INTO t VALUES (1)");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kRefused);
  }
}

TEST_F(FileTest, WaitsForTheLockOnlyAsLongAsItMay) {
  TestSession holder("CREATE TABLE t(a)", Url("?mode=rwc"));
  TestSession waiter("", Url());
  holder.Run("BEGIN IMMEDIATE");
  const auto started = std::chrono::steady_clock::now();
  EXPECT_THROW(
      waiter.connection().Begin({db::Purpose::kSchema, milliseconds(50)}),
      Error);
  const auto waited = std::chrono::steady_clock::now() - started;
  EXPECT_GE(waited, milliseconds(50));
  EXPECT_LT(waited, milliseconds(1500));
  holder.Run("COMMIT");
  waiter.connection().Begin({db::Purpose::kSchema, milliseconds(50)});
  waiter.connection().Commit();
}

TEST_F(FileTest, AnInterruptEndsTheWait) {
  TestSession holder("CREATE TABLE t(a)", Url("?mode=rwc"));
  TestSession waiter("", Url());
  holder.Run("BEGIN IMMEDIATE");
  std::atomic<bool> done{false};
  std::thread other([&] {
    test::Eventually([&] {
      waiter.connection().Interrupt();
      return done.load();
    });
  });
  try {
    waiter.connection().Begin({db::Purpose::kSchema, milliseconds(20'000)});
    ADD_FAILURE();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kCancelled);
  }
  done = true;
  other.join();
}

TEST_F(FileTest, ACommitThatMeetsAReaderCanBeTriedAgain) {
  TestSession writer("CREATE TABLE t(a); INSERT INTO t VALUES (1)",
                     Url("?mode=rwc"));
  TestSession reader("", Url());
  reader.connection().Begin({db::Purpose::kRead, milliseconds(50)});
  EXPECT_EQ(reader.Ask("SELECT a FROM t"), "1");
  writer.connection().Begin({db::Purpose::kLedger, milliseconds(50)});
  writer.Run("UPDATE t SET a = 2");
  try {
    writer.connection().Commit();
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kLockTimeout);
  }
  reader.connection().Commit();
  writer.connection().Commit();
  EXPECT_EQ(reader.Ask("SELECT a FROM t"), "2");
}

TEST(Connection, KeepsTypes) {
  TestSession session("CREATE TABLE t(a)");
  const std::vector<db::Value> values = {
      std::monostate{},       std::int64_t{-7}, 2.5,
      std::string("a\0b", 3), db::Blob{},       db::Blob{0, 1}};
  for (const db::Value& value : values) {
    session.connection().Execute("DELETE FROM t");
    session.connection().Execute("INSERT INTO t VALUES ($1)", {value});
    EXPECT_EQ(session.connection().Execute("SELECT a FROM t").rows[0][0],
              value);
  }
}

TEST(Connection, RefusesParametersThatDoNotFit) {
  TestSession session;
  EXPECT_THROW(session.Ask("SELECT $1"), Error);
  EXPECT_THROW(session.Ask("SELECT $1", {std::int64_t{1}, std::int64_t{2}}),
               Error);
  EXPECT_THROW(session.Ask("SELECT $2", {std::int64_t{1}}), Error);
  EXPECT_THROW(session.Ask("SELECT 1; SELECT 2"), Error);
  EXPECT_EQ(session.Ask("SELECT 1; -- done"), "1");
}

TEST(Connection, MarksOnlyTheBackfill) {
  TestSession session;
  session.connection().Begin({db::Purpose::kBackfill, milliseconds(50)});
  EXPECT_EQ(session.Ask("SELECT count(*) FROM segue_busy"), "1");
  session.connection().Commit();
  EXPECT_EQ(session.Ask("SELECT count(*) FROM segue_busy"), "0");
  session.connection().Begin({db::Purpose::kBackfill, milliseconds(50)});
  session.connection().Rollback();
  EXPECT_EQ(session.Ask("SELECT count(*) FROM segue_busy"), "0");
}

TEST(Connection, ARollbackEndsAnEditOfTheSchema) {
  TestSession session("CREATE TABLE t(a)");
  session.connection().Begin({db::Purpose::kSchema, milliseconds(50)});
  session.Run("PRAGMA writable_schema = ON");
  session.connection().Rollback();
  EXPECT_NE(session.ErrorOf("DELETE FROM sqlite_schema"), "");
}

TEST(Errors, MapCodes) {
  EXPECT_EQ(KindOf(SQLITE_BUSY, ""), ErrorKind::kLockTimeout);
  EXPECT_EQ(KindOf(SQLITE_BUSY_SNAPSHOT, ""), ErrorKind::kRetryable);
  EXPECT_EQ(KindOf(SQLITE_FULL, ""), ErrorKind::kRetryable);
  EXPECT_EQ(KindOf(SQLITE_CONSTRAINT_UNIQUE, ""), ErrorKind::kConstraint);
  EXPECT_EQ(KindOf(SQLITE_IOERR_READ, ""), ErrorKind::kConnectionLost);
  EXPECT_EQ(KindOf(SQLITE_ERROR, "no such column: x"), ErrorKind::kNotFound);
  EXPECT_EQ(KindOf(SQLITE_ERROR, "near \"x\": syntax error"),
            ErrorKind::kUsage);
  EXPECT_EQ(KindOf(SQLITE_ERROR, "malformed JSON"), ErrorKind::kConstraint);
  EXPECT_EQ(KindOf(SQLITE_MISUSE, ""), ErrorKind::kInternal);
}

// ALTER TABLE reports what is wrong with any other object in these words.
TEST(ErrorsTest, AnErrorInAViewIsNoAbsenceOfWhatTheStatementNames) {
  const auto absent = [](const std::string& message) {
    return AbsentIn(Error(KindOf(SQLITE_ERROR, message), message));
  };
  EXPECT_EQ(absent("no such table: t"), db::Absent::kTable);
  EXPECT_EQ(absent("no such view: v"), db::Absent::kTable);
  EXPECT_EQ(absent("no such column: \"c\""), db::Absent::kPart);
  constexpr char kInView[] = "error in view v: no such table: main.gone";
  EXPECT_EQ(absent(kInView), db::Absent::kNothing);
  EXPECT_EQ(KindOf(SQLITE_ERROR, kInView), ErrorKind::kRefused);
  EXPECT_EQ(absent("error in table t after drop column: no such column: c"),
            db::Absent::kNothing);
}

}  // namespace
}  // namespace segue::sqlite
