// What others make or drop while both versions are live, and that stands in the
// way of the contract or of the rollback, or does not.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "base/text.h"
#include "manifest/manifest.h"
#include "segue/error.h"
#include "segue/migrator.h"
#include "segue/versions.h"
#include "tests/support/testbed.h"
#include "tests/support/thrown.h"

namespace segue::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class MeanwhileTest : public DialectTest {
 protected:
  // Both versions are live: `file` has "operations: [...]" and what else a file
  // has.
  void StartLive(const std::string& setup, const std::string& file) {
    db().Exec(setup);
    database_.emplace(db().Open());
    migrator_.emplace(*database_, MigratorOptions{});
    migrator_->Start(manifest::Parse(file, "01_a.yaml"));
    EXPECT_THAT(migrator_->Status()->held, IsEmpty()) << file;
  }
  // The message and the hint.
  static std::string Words(const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kRefused) << error.what();
    return std::string(error.what()) + "; " + error.hint();
  }
  std::string RefusedContract() {
    return Words(ThrownBy([&] { migrator_->Complete(); }));
  }
  std::string RefusedRollback() {
    return Words(ThrownBy([&] { migrator_->Rollback(); }));
  }
  void ExpectReady() {
    EXPECT_EQ(migrator_->Status()->sub_state, SubState::kReady);
  }
  bool Completes() { return migrator_->Complete().status.is_complete(); }

  std::optional<Database> database_;
  std::optional<Migrator> migrator_;
};

constexpr const char* kTable =
    "DROP SCHEMA IF EXISTS segue CASCADE; DROP SCHEMA IF EXISTS public_01_a "
    "CASCADE; DROP TABLE IF EXISTS u, o CASCADE;"
    "CREATE TABLE u(id integer PRIMARY KEY, n integer, k integer DEFAULT 0);"
    "INSERT INTO u(id, n) VALUES (1, 1), (2, 2);";

// The server drops a view with a column of its table only by CASCADE.
TEST_P(MeanwhileTest, AViewThatWentWithAColumnIsMadeAgain) {
  const std::string setup =
      std::string(kTable) +
      "CREATE TABLE o(id integer, z integer, s text DEFAULT 'x'); INSERT INTO "
      "o VALUES (1, 2, 'a'); GRANT SELECT ON o TO PUBLIC;";
  const std::string file =
      "access: versioned\noperations: [rename_column: {table: u, from: n, to: "
      "m}]";
  StartLive(setup, file);
  db().Exec("ALTER TABLE o DROP COLUMN z CASCADE");
  EXPECT_THAT(migrator_->Status()->missing, IsEmpty());
  EXPECT_THAT(migrator_->Status()->grants,
              ElementsAre("view 'o' of version 'public_01_a' is gone, and its "
                          "table is there"));
  Versions(*database_, {}).Refresh("");
  EXPECT_THAT(migrator_->Status()->grants, IsEmpty());
  EXPECT_EQ(db().app().One("SELECT s FROM public_01_a.o"), "a");
  EXPECT_EQ(db().app().One("SELECT relacl::text LIKE '%=r/%' FROM pg_class "
                           "WHERE oid = 'public_01_a.o'::regclass"),
            "t");
  db().Exec("INSERT INTO public_01_a.o(id) VALUES (2)");
  EXPECT_EQ(db().app().One("SELECT s FROM o WHERE id = 2"), "x");
  EXPECT_TRUE(Completes());

  StartLive(setup, file);
  db().Exec("ALTER TABLE o DROP COLUMN z CASCADE");
  EXPECT_TRUE(Completes());
  EXPECT_EQ(db().app().One("SELECT s FROM public_01_a.o"), "a");
}

TEST_P(MeanwhileTest, ATableThatIsGoneNeedsNoView) {
  const std::string setup =
      std::string(kTable) + "CREATE TABLE o(id integer, z integer);";
  StartLive(setup,
            "access: versioned\noperations: [rename_column: {table: u, from: "
            "n, to: m}]");
  db().Exec("DROP TABLE o CASCADE");
  EXPECT_THAT(migrator_->Status()->missing, IsEmpty());
  EXPECT_THAT(migrator_->Status()->grants, IsEmpty());
  db().Exec("DROP VIEW public_01_a.u");
  EXPECT_THAT(migrator_->Status()->missing,
              ElementsAre("view 'u' of version 'public_01_a' is gone"));
  db().Exec("CREATE VIEW public_01_a.u AS SELECT id, n AS m, k FROM u");
  EXPECT_TRUE(Completes());
}

// The columns of segue's own go with the contract and with the rollback.
TEST_P(MeanwhileTest, AViewOverColumnsOfSegueIsNamed) {
  for (const std::string operation :
       {"alter_column: {table: u, column: n, type: bigint}",
        "alter_column: {table: u, column: n, nullable: false, up: 'coalesce(n, "
        "0)'}",
        "rename_column: {table: u, from: n, to: m}"}) {
    for (const std::string access : {"in_place", "versioned"}) {
      if (access == "versioned" && operation.starts_with("rename")) continue;
      SCOPED_TRACE(access + " " + operation);
      StartLive(kTable,
                "access: " + access + "\noperations: [" + operation + "]");
      db().Exec("CREATE VIEW sv AS SELECT * FROM u");
      const std::string named =
          "view public.sv depends on column '_segue_d' of 'u'";
      EXPECT_THAT(base::Join(migrator_->Status()->held, "; "),
                  HasSubstr(named));
      EXPECT_THAT(RefusedContract(), HasSubstr(named));
      EXPECT_THAT(RefusedRollback(), HasSubstr(named));
      ExpectReady();
      db().Exec("DROP VIEW sv");
      migrator_->Rollback();
    }
  }
}

// The new version may use its column as it likes, until somebody goes back.
TEST_P(MeanwhileTest, AViewOverANewColumnKeepsTheRollbackOnly) {
  const std::string file =
      "operations: [add_column: {table: u, column: {name: a, type: int, "
      "nullable: true}, up: n}]";
  StartLive(kTable, file);
  db().Exec("CREATE VIEW sv AS SELECT id, a FROM u");
  EXPECT_THAT(migrator_->Status()->held, IsEmpty());
  EXPECT_THAT(RefusedRollback(),
              HasSubstr("view public.sv depends on column 'a' of 'u'"));
  ExpectReady();
  EXPECT_TRUE(Completes());

  StartLive(kTable, "access: versioned\n" + file);
  db().Exec("CREATE VIEW sv AS SELECT id FROM public_01_a.u");
  EXPECT_THAT(
      RefusedRollback(),
      HasSubstr("view public.sv depends on view 'u' of version 'public_01_a'"));
  ExpectReady();
  db().Exec("DROP VIEW sv");
  migrator_->Rollback();
}

TEST_P(MeanwhileTest, WhatTheMigrationMakesIsNotOfOthers) {
  StartLive(kTable,
            "operations: [{add_column: {table: u, column: {name: a, type: int, "
            "nullable: true}, up: n}}, {sql: {up: CREATE VIEW sv AS SELECT a "
            "FROM u, down: DROP VIEW sv}}]");
  migrator_->Rollback();
  EXPECT_EQ(migrator_->Status()->phase, Phase::kRolledBack);
}

// The server neither renames nor drops it.
TEST_P(MeanwhileTest, AnInheritedColumnIsNamed) {
  for (const std::string operation :
       {"access: versioned\noperations: [rename_column: {table: u, from: n, "
        "to: m}]",
        "operations: [rename_column: {table: u, from: n, to: m}]",
        "operations: [alter_column: {table: u, column: n, type: bigint}]",
        "operations: [drop_column: {table: u, column: n, down: '0'}]"}) {
    SCOPED_TRACE(operation);
    StartLive(kTable, operation);
    db().Exec("CREATE TABLE base(n integer); ALTER TABLE u INHERIT base");
    EXPECT_THAT(RefusedContract(),
                HasSubstr("inheritance of column 'n' from base (ALTER TABLE u "
                          "NO INHERIT base ends it)"));
    ExpectReady();
    db().Exec("ALTER TABLE u NO INHERIT base; DROP TABLE base");
    EXPECT_TRUE(Completes());
  }
}

TEST_P(MeanwhileTest, WhatSaysNothingOfTheRowsGoesWithADroppedColumn) {
  StartLive(kTable,
            "operations: [drop_column: {table: u, column: n, down: '0'}]");
  db().Exec(
      "COMMENT ON COLUMN u.n IS 'precious'; CREATE INDEX late ON u(n, k); "
      "CREATE STATISTICS st ON n, k FROM u; COMMENT ON STATISTICS st IS 's'");
  db().Exec("CREATE VIEW v AS SELECT n FROM u");
  EXPECT_THAT(RefusedContract(), HasSubstr("view public.v"));
  db().Exec("DROP VIEW v");
  const Outcome outcome = migrator_->Complete();
  EXPECT_TRUE(outcome.status.is_complete());
  const auto said = [](const HistoryEntry& entry) {
    return entry.message.find("takes along: ") != std::string::npos &&
           entry.message.find("index public.late") != std::string::npos;
  };
  EXPECT_TRUE(
      std::any_of(outcome.history.begin(), outcome.history.end(), said));
}

TEST_P(MeanwhileTest, ACommentOfOthersStaysWithTheRollback) {
  const std::string file =
      "operations: [drop_column: {table: u, column: n, down: '0'}]";
  const std::string asked =
      "SELECT coalesce(col_description('u'::regclass, "
      "2), '')";
  StartLive(kTable, file);
  EXPECT_THAT(*db().app().One(asked), HasSubstr("01_a drops it"));
  db().Exec("COMMENT ON COLUMN u.n IS 'precious'");
  migrator_->Rollback();
  EXPECT_EQ(db().app().One(asked), "precious");

  StartLive(kTable, file);
  migrator_->Rollback();
  EXPECT_EQ(db().app().One(asked), "");
}

// What a default names has to be there when the contract or the rollback sets
// it again.
TEST_P(MeanwhileTest, ARenamedSequenceOfADefaultIsNamed) {
  StartLive(std::string(kTable) +
                "CREATE SEQUENCE sq; ALTER TABLE u ALTER n SET DEFAULT "
                "nextval('sq'), ALTER n SET NOT NULL;",
            "operations: [rename_column: {table: u, from: n, to: m}]");
  db().Exec("ALTER SEQUENCE sq RENAME TO sr");
  const std::string named = "relation \"sq\" does not exist";
  EXPECT_THAT(base::Join(migrator_->Status()->missing, "; "), HasSubstr(named));
  EXPECT_THAT(RefusedContract(), HasSubstr(named));
  EXPECT_THAT(RefusedRollback(), HasSubstr(named));
  ExpectReady();
  db().Exec("ALTER SEQUENCE sr RENAME TO sq");
  EXPECT_TRUE(Completes());
}

TEST_P(MeanwhileTest, AMaterializedViewThatFailsIsNamed) {
  StartLive(std::string(kTable) +
                "UPDATE u SET k = 1; CREATE MATERIALIZED VIEW mv AS SELECT n, "
                "100 / k AS q FROM u;",
            "operations: [alter_column: {table: u, column: n, type: bigint}]");
  db().Exec("UPDATE u SET k = 0 WHERE id = 1");
  const Error error = ThrownBy([&] { migrator_->Complete(); });
  EXPECT_THAT(error.what(),
              HasSubstr("a copy of materialized view public.mv cannot be "
                        "filled: division by zero"));
  EXPECT_EQ(error.native_code(), "22012");
  ExpectReady();
  db().Exec("UPDATE u SET k = 1");
  EXPECT_TRUE(Completes());
}

using SqliteMeanwhileTest = MeanwhileTest;

TEST_P(SqliteMeanwhileTest, AnIndexOfOthersIsNamed) {
  StartLive(
      "CREATE TABLE u(id integer PRIMARY KEY, n integer); INSERT INTO u VALUES "
      "(1, 1)",
      "operations: [alter_column: {table: u, column: n, type: text}]");
  db().Exec("CREATE UNIQUE INDEX late ON u(n)");
  const std::string words = RefusedContract();
  EXPECT_THAT(words, HasSubstr("error in index late"));
  EXPECT_THAT(words, HasSubstr("drop this index, run the same command again"));
  ExpectReady();
  db().Exec("DROP INDEX late");
  EXPECT_TRUE(Completes());
}

SEGUE_INSTANTIATE_ON(MeanwhileTest, PostgresTestbed());
SEGUE_INSTANTIATE_ON(SqliteMeanwhileTest, SqliteTestbed());

}  // namespace
}  // namespace segue::test
