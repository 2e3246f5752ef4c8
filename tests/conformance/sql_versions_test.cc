// SQL of a migration changes the schema, and the version that the migration
// publishes shows what it has changed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "manifest/manifest.h"
#include "report/summary.h"
#include "segue/error.h"
#include "segue/migrator.h"
#include "tests/support/testbed.h"
#include "tests/support/thrown.h"

namespace segue::test {
namespace {

using testing::HasSubstr;
using testing::Not;

class SqlVersionsTest : public DialectTest {
 protected:
  void SetUp() override {
    DialectTest::SetUp();
    if (IsSkipped()) return;
    db().Exec(
        "CREATE TABLE t(id integer NOT NULL PRIMARY KEY, v text, old integer);"
        "INSERT INTO t VALUES (1, 'a', 1)");
    database_.emplace(db().Open());
    migrator_.emplace(*database_, MigratorOptions{});
  }

  Outcome Start(const std::string& access, const std::string& operations) {
    return migrator_->Start(manifest::Parse(
        "access: " + access + "\noperations:\n" + operations, "01_a.yaml"));
  }
  std::unique_ptr<Client> Latest() { return db().NewVersionClient("latest"); }

  // How many views the version has for this table.
  std::string Shown(const std::string& table) {
    return *db().app().One(
        can().has_schemas
            ? "SELECT count(*) FROM pg_views WHERE schemaname = 'public_01_a' "
              "AND viewname = '" +
                  table + "'"
            : "SELECT count(*) FROM sqlite_schema WHERE type = 'view' AND name "
              "= 'main_01_a__" +
                  table + "'");
  }

  std::optional<Database> database_;
  std::optional<Migrator> migrator_;
};

constexpr const char* kChanges =
    "  - rename_column: {table: t, from: v, to: w}\n"
    "  - drop_column: {table: t, column: old}\n";

TEST_P(SqlVersionsTest, AVersionShowsWhatTheSqlBeforeItHasMade) {
  const std::string before = db().Dump();
  Start("versioned",
        std::string(kChanges) +
            "  - sql:\n"
            "      up: ALTER TABLE t ADD COLUMN extra integer DEFAULT 5;"
            " CREATE TABLE more(id integer NOT NULL PRIMARY KEY)\n"
            "      down: DROP TABLE more; ALTER TABLE t DROP COLUMN extra\n");
  {
    const auto fresh = Latest();
    EXPECT_EQ(ToLines(fresh->Query("SELECT * FROM t")), "1|a|5\n");
    fresh->Query("INSERT INTO t(id, w, extra) VALUES (2, 'b', 7)");
    fresh->Query("INSERT INTO t(id, w) VALUES (3, 'c')");
    fresh->Query("INSERT INTO more VALUES (1)");
    db().Exec("UPDATE t SET v = 'bb', extra = extra + 1 WHERE id = 2");
    EXPECT_EQ(ToLines(fresh->Query("SELECT * FROM t ORDER BY id")),
              "1|a|5\n2|bb|8\n3|c|5\n");
  }
  EXPECT_EQ(Shown("more"), "1");
  EXPECT_EQ(ToLines(db().Query("SELECT id, v, old, extra FROM t WHERE id < 3 "
                               "ORDER BY id")),
            "1|a|1|5\n2|bb|NULL|8\n");
  migrator_->Rollback();
  EXPECT_EQ(db().Dump(), before);
}

TEST_P(SqlVersionsTest, AVersionShowsWhatTheSqlOfTheContractHasMade) {
  Start("versioned",
        std::string(kChanges) +
            "  - sql:\n"
            "      up: ALTER TABLE t ADD COLUMN early integer\n"
            "      down: ALTER TABLE t DROP COLUMN early\n"
            "  - sql:\n"
            "      up: ALTER TABLE t ADD COLUMN late integer DEFAULT 6\n"
            "      onComplete: true\n");
  EXPECT_EQ(ToLines(Latest()->Query("SELECT * FROM t")), "1|a|NULL\n");
  migrator_->Complete();
  const auto fresh = Latest();
  EXPECT_EQ(ToLines(fresh->Query("SELECT * FROM t")), "1|a|NULL|6\n");
  fresh->Query("INSERT INTO t(id, w, early, late) VALUES (2, 'b', 3, 4)");
  fresh->Query("INSERT INTO t(id, w) VALUES (3, 'c')");
  EXPECT_EQ(ToLines(db().Query("SELECT id, w, early, late FROM t ORDER BY id")),
            "1|a|NULL|6\n2|b|3|4\n3|c|NULL|6\n");
}

TEST_P(SqlVersionsTest, AColumnUnderATakenNameIsRefused) {
  const std::string before = db().Dump();
  const Error error = ThrownBy([&] {
    Start("versioned", std::string(kChanges) +
                           "  - sql:\n"
                           "      up: ALTER TABLE t ADD COLUMN w integer\n"
                           "      down: ALTER TABLE t DROP COLUMN w\n");
  });
  EXPECT_EQ(error.kind(), ErrorKind::kRefused);
  EXPECT_THAT(error.what(), HasSubstr("'w'"));
  EXPECT_EQ(db().Dump(), before);
}

TEST_P(SqlVersionsTest, WithoutDownNoRollbackIsPromised) {
  const std::string sql = "  - sql: {up: UPDATE t SET old = 2}\n";
  const Outcome ready = Start(
      "in_place", "  - rename_column: {table: t, from: v, to: w}\n" + sql);
  EXPECT_THAT(report::SummaryText(ready),
              HasSubstr("there is no way back with segue rollback"));
  EXPECT_THAT(report::SummaryText(ready), Not(HasSubstr("or segue rollback")));
  EXPECT_THAT(ThrownBy([&] { migrator_->Rollback(); }).what(),
              HasSubstr("has run what cannot be undone: 'Run SQL: UPDATE t"));
  const Outcome left = migrator_->Rollback(false, "no need");
  EXPECT_THAT(left.notes, testing::Contains(HasSubstr("cannot be undone")));
  EXPECT_EQ(ToLines(db().Query("SELECT * FROM t")), "1|a|2\n");
}

// SQL that ran at the start is no reason to pass over the evidence.
TEST_P(SqlVersionsTest, WithoutDownAContractVerifiesAllTheSame) {
  Start("in_place",
        "  - rename_column: {table: t, from: v, to: w}\n"
        "  - sql: {up: UPDATE t SET old = 2}\n");
  db().ExecUnseen("UPDATE t SET v = 'x'");
  EXPECT_EQ(ThrownBy([&] { migrator_->Complete(); }).kind(),
            ErrorKind::kMismatch);
}

SEGUE_INSTANTIATE(SqlVersionsTest);

}  // namespace
}  // namespace segue::test
