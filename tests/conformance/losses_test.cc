// What goes with a column that is dropped is said by the plan, and what others
// made meanwhile is not lost with the contract.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

#include "manifest/manifest.h"
#include "segue/error.h"
#include "segue/migrator.h"
#include "segue/plan.h"
#include "tests/support/testbed.h"

namespace segue::test {
namespace {

using testing::HasSubstr;

class LossesTest : public DialectTest {
 protected:
  Migrator& Open() {
    database_.emplace(db().Open());
    return migrator_.emplace(*database_, MigratorOptions{});
  }
  static Migration Parsed(const std::string& operation) {
    return manifest::Parse("operations: [" + operation + "]", "01_a.yaml");
  }
  // The message of the refusal; empty when the contract goes through.
  static std::string Refusal(Migrator& migrator) {
    try {
      migrator.Complete();
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kRefused) << error.what();
      return error.what();
    }
    return "";
  }

 private:
  std::optional<Database> database_;
  std::optional<Migrator> migrator_;
};

// The case is drop_column_takes_check_silently.
TEST_P(LossesTest, ThePlanSaysWhatGoesWithAColumn) {
  db().Exec(
      "CREATE TABLE u(id integer PRIMARY KEY, a integer, b integer);"
      "CREATE STATISTICS st ON a, b FROM u;"
      "ALTER TABLE u ADD CONSTRAINT ck CHECK (a > 0 OR b > 0)");
  EXPECT_THAT(
      ToText(Open().MakePlan(Parsed("drop_column: {table: u, column: a}"))),
      HasSubstr("with column 'a' of 'u' goes: check 'ck', statistics 'st'"));
}

// The case is changes_while_live_lost.
TEST_P(LossesTest, WhatOthersMadeMeanwhileIsNotLost) {
  db().Exec(
      "CREATE TABLE u(id integer PRIMARY KEY, code integer, name text);"
      "CREATE INDEX u_code ON u(code); INSERT INTO u VALUES (1, 2, 'a')");
  Migrator& migrator = Open();
  migrator.Start(manifest::Parse(
      "operations:\n"
      "  - alter_column: {table: u, column: code, type: bigint}\n"
      "  - rename_column: {table: u, from: name, to: title}\n",
      "01_a.yaml"));
  for (const auto& [made, name, dropped] :
       std::vector<std::array<std::string, 3>>{
           {"CREATE INDEX late ON u(code)", "new is index public.late",
            "DROP INDEX late"},
           {"ALTER TABLE u ADD CONSTRAINT late CHECK (code > 0)",
            "new is table constraint late on public.u",
            "ALTER TABLE u DROP CONSTRAINT late"},
           {"ALTER TABLE u ALTER code SET DEFAULT 9", "new is default",
            "ALTER TABLE u ALTER code DROP DEFAULT"},
           {"COMMENT ON COLUMN u.code IS 'late'", "comment of the column: late",
            "COMMENT ON COLUMN u.code IS NULL"},
           {"COMMENT ON INDEX u_code IS 'late'",
            "comment on index public.u_code: late",
            "COMMENT ON INDEX u_code IS NULL"},
           {"GRANT SELECT (code) ON u TO PUBLIC",
            "privileges: ", "REVOKE SELECT (code) ON u FROM PUBLIC"},
           {"CREATE STATISTICS late ON code, id FROM u",
            "new is statistics object public.late", "DROP STATISTICS late"},
           {"ALTER TABLE u ALTER code SET STATISTICS 77",
            "statistics target: 77",
            "ALTER TABLE u ALTER code SET STATISTICS -1"},
           {"CREATE INDEX late ON u(title)", "new is index public.late",
            "DROP INDEX late"}}) {
    db().Exec(made);
    EXPECT_THAT(Refusal(migrator), HasSubstr(name)) << made;
    db().Exec(dropped);
  }
  db().Exec("DROP INDEX u_code");
  EXPECT_THAT(Refusal(migrator), HasSubstr("gone is index public.u_code"));
  db().Exec("CREATE INDEX u_code ON u(code)");
  EXPECT_EQ(Refusal(migrator), "");
}

// The cases are attach_partition_while_live and column_moves_to_the_end.
TEST_P(LossesTest, ThePlanSaysWhatAnApplicationHasToKnow) {
  db().Exec(
      "CREATE TABLE u(id integer, code integer, at integer) PARTITION BY RANGE "
      "(id); CREATE TABLE u1 PARTITION OF u FOR VALUES FROM (0) TO (9)");
  const std::string plan = ToText(Open().MakePlan(
      Parsed("alter_column: {table: u, column: code, type: bigint}")));
  EXPECT_THAT(plan, HasSubstr("ATTACH PARTITION fails"));
  EXPECT_THAT(plan, HasSubstr("column 'code' is the last one of 'u'"));
}

SEGUE_INSTANTIATE_ON(LossesTest, PostgresTestbed());

}  // namespace
}  // namespace segue::test
