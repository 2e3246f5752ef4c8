// Partitions that come and go while both versions are live.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.h"
#include "manifest/manifest.h"
#include "segue/error.h"
#include "segue/migrator.h"
#include "tests/support/testbed.h"
#include "tests/support/thrown.h"

namespace segue::test {
namespace {

using ::testing::HasSubstr;

class PartitionsTest : public DialectTest {
 protected:
  // Both versions of u are live, with one partition for keys below 10.
  void StartLive() {
    db().Exec(
        "CREATE TABLE u(id integer, k integer NOT NULL, code integer, PRIMARY "
        "KEY (id, k)) PARTITION BY RANGE (k);"
        "CREATE TABLE u1 PARTITION OF u FOR VALUES FROM (0) TO (10);"
        "INSERT INTO u SELECT i, i % 10, i FROM generate_series(1, 50) i");
    database_.emplace(db().Open());
    migrator_.emplace(*database_, MigratorOptions{});
    migrator_->Start(manifest::Parse(
        "operations: [alter_column: {table: u, column: code, type: bigint, up: "
        "code * 2, down: code / 2}]",
        "01_a.yaml"));
  }
  // Both versions of u are live, with one partition for every key.
  void StartLive(const std::string& operation) {
    db().Exec(
        "CREATE TABLE u(id integer PRIMARY KEY, n integer) PARTITION BY RANGE "
        "(id); CREATE TABLE u1 PARTITION OF u DEFAULT; INSERT INTO u VALUES "
        "(1, 1), (2, 2); CREATE TABLE p(id integer PRIMARY KEY); INSERT INTO p "
        "VALUES (1), (2); CREATE FUNCTION tk() RETURNS trigger LANGUAGE "
        "plpgsql "
        "AS 'BEGIN RETURN new; END'");
    database_.emplace(db().Open());
    migrator_.emplace(*database_, MigratorOptions{});
    migrator_->Start(
        manifest::Parse("operations: [" + operation + "]", "01_a.yaml"));
  }
  std::string Missing() {
    return base::Join(migrator_->Status()->missing, "; ");
  }
  std::string Refusal() {
    try {
      migrator_->Complete();
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kRefused) << error.what();
      return error.what();
    }
    return "";
  }

  std::optional<Database> database_;
  std::optional<Migrator> migrator_;
};

// The case is attach_partition_while_live.
TEST_P(PartitionsTest, OneThatIsMadeMeanwhileIsKeptInStep) {
  StartLive();
  db().Exec(
      "CREATE TABLE u2 PARTITION OF u FOR VALUES FROM (10) TO (20);"
      "INSERT INTO u(id, k, code) VALUES (100, 11, 5);"
      "INSERT INTO u2(id, k, code) VALUES (101, 11, 6)");
  EXPECT_EQ(ToLines(db().Query("SELECT _segue_new_code FROM u2 ORDER BY id")),
            "10\n12\n");
  const std::unique_ptr<Client> client = db().NewClient();
  client->Query(
      "CREATE TABLE u3(id integer NOT NULL, k integer NOT NULL, code "
      "integer)");
  try {
    client->Query(
        "ALTER TABLE u ATTACH PARTITION u3 FOR VALUES FROM (20) TO (30)");
    ADD_FAILURE() << "it was attached without the columns";
  } catch (const ClientError& error) {
    EXPECT_THAT(error.what(), HasSubstr("_segue_"));
  }
  EXPECT_TRUE(migrator_->Complete().status.is_complete());
  EXPECT_EQ(ToLines(db().Query("SELECT code FROM u2 ORDER BY id")), "10\n12\n");
}

// Its rows came without the triggers.
TEST_P(PartitionsTest, OneThatBringsTheColumnsIsFilledByARepair) {
  StartLive();
  db().Exec(
      "CREATE TABLE u3(LIKE u INCLUDING ALL); INSERT INTO u3(id, k, code) "
      "VALUES (200, 20, 7); ALTER TABLE u ATTACH PARTITION u3 FOR VALUES FROM "
      "(20) TO (30)");
  try {
    migrator_->Complete();
    ADD_FAILURE() << "a row without a value was taken along";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kMismatch) << error.what();
    EXPECT_THAT(error.hint(), HasSubstr("1 rows of 'u' were never filled"));
    EXPECT_THAT(error.hint(), HasSubstr("'segue verify --repair' fills them"));
  }
  VerifyOptions repair;
  repair.repair = true;
  EXPECT_TRUE(migrator_->Verify(repair).clean());
  EXPECT_TRUE(migrator_->Complete().status.is_complete());
  EXPECT_EQ(*db().app().One("SELECT code FROM u WHERE id = 200"), "14");
}

struct Made {
  std::string sql;
  std::string named;
  std::string back;
};

// What others give to one partition meanwhile.
const std::vector<Made>& MadeOnOne() {
  static const std::vector<Made> all = {
      {"CREATE UNIQUE INDEX i1 ON u1(n)", "index 'i1'", "DROP INDEX i1"},
      {"CREATE INDEX i1 ON u1((n + 1))", "index 'i1'", "DROP INDEX i1"},
      {"ALTER TABLE u1 ALTER n SET DEFAULT 9",
       "a default of column 'n' of partition 'u1'",
       "ALTER TABLE u1 ALTER n DROP DEFAULT"},
      {"ALTER TABLE u1 ADD CONSTRAINT c1 CHECK (n < 100)", "constraint 'c1'",
       "ALTER TABLE u1 DROP CONSTRAINT c1"},
      {"ALTER TABLE u1 ADD CONSTRAINT f1 FOREIGN KEY (n) REFERENCES p",
       "constraint 'f1'", "ALTER TABLE u1 DROP CONSTRAINT f1"},
      {"ALTER TABLE u1 ADD CONSTRAINT x1 EXCLUDE USING btree (n WITH =)",
       "constraint 'x1'", "ALTER TABLE u1 DROP CONSTRAINT x1"},
      {"CREATE STATISTICS s1 ON n, id FROM u1", "statistics 's1'",
       "DROP STATISTICS s1"},
      {"COMMENT ON COLUMN u1.n IS 'late'", "the comment of the column",
       "COMMENT ON COLUMN u1.n IS NULL"},
      {"GRANT SELECT (n) ON u1 TO PUBLIC", "column privilege SELECT of PUBLIC",
       "REVOKE SELECT (n) ON u1 FROM PUBLIC"},
      {"ALTER TABLE u1 ALTER n SET NOT NULL", "NOT NULL, which",
       "ALTER TABLE u1 ALTER n DROP NOT NULL"},
      {"ALTER TABLE u1 ALTER n SET STATISTICS 17", "the settings of the column",
       "ALTER TABLE u1 ALTER n SET STATISTICS -1"},
      {"CREATE VIEW w AS SELECT n FROM u1", "rule \"_RETURN\" on public.w",
       "DROP VIEW w"},
      {"CREATE TRIGGER aa AFTER INSERT ON u1 FOR EACH ROW EXECUTE FUNCTION "
       "tk()",
       "trigger 'aa' of 'u1'", "DROP TRIGGER aa ON u1"}};
  return all;
}

TEST_P(PartitionsTest, WhatOneGetsMeanwhileIsNamed) {
  StartLive("alter_column: {table: u, column: n, type: bigint}");
  for (const Made& made : MadeOnOne()) {
    db().Exec(made.sql);
    EXPECT_THAT(Refusal(), HasSubstr(made.named)) << made.sql;
    db().Exec(made.back);
  }
  EXPECT_EQ(Refusal(), "");
}

// A partition brings what it has when it is made, too.
TEST_P(PartitionsTest, WhatANewOneHasOfItsOwnIsNamed) {
  StartLive("drop_column: {table: u, column: n}");
  db().Exec(
      "ALTER TABLE u DETACH PARTITION u1; CREATE TABLE u2 PARTITION OF u FOR "
      "VALUES FROM (10) TO (20); CREATE INDEX i2 ON u2(n)");
  EXPECT_THAT(Refusal(),
              HasSubstr("index 'i2', which partition 'u2' has of its own"));
}

// The triggers tell what an insert left out by one default for all partitions.
TEST_P(PartitionsTest, ADefaultOfOneIsNamedWhereBothAreWritten) {
  StartLive("rename_column: {table: u, from: n, to: m}");
  for (const std::string column : {"n", "m"}) {
    db().Exec("ALTER TABLE u1 ALTER " + column + " SET DEFAULT 5");
    const std::string named = "the default of column '" + column +
                              "' of partition 'u1' is not the one of the start";
    EXPECT_EQ(Missing(), named);
    EXPECT_THAT(Refusal(), HasSubstr(named));
    db().Exec("ALTER TABLE u1 ALTER " + column + " DROP DEFAULT");
  }
  EXPECT_EQ(Missing(), "");
  db().Exec("ALTER TABLE u1 ALTER n SET DEFAULT 5");
  EXPECT_THAT(RefusalOf([&] { migrator_->Rollback(); }),
              HasSubstr("the default of column 'n' of partition 'u1'"));
}

// What it has is on another server.
TEST_P(PartitionsTest, AForeignOneIsNamedByThePlan) {
  db().Exec(
      "CREATE FOREIGN DATA WRAPPER far; CREATE SERVER away FOREIGN DATA "
      "WRAPPER far; CREATE TABLE u(id integer, n integer) PARTITION BY RANGE "
      "(id); CREATE FOREIGN TABLE uf PARTITION OF u DEFAULT SERVER away");
  database_.emplace(db().Open());
  migrator_.emplace(*database_, MigratorOptions{});
  for (const char* operation :
       {"rename_column: {table: u, from: n, to: m}",
        "add_column: {table: u, column: {name: a, type: int, nullable: true}}",
        "alter_column: {table: u, column: n, type: bigint}",
        "drop_column: {table: u, column: n}",
        "create_index: {name: ui, table: u, columns: [n]}"}) {
    const auto plan = [&] {
      migrator_->MakePlan(manifest::Parse(
          std::string("operations: [") + operation + "]", "01_a.yaml"));
    };
    EXPECT_THAT(RefusalOf(plan),
                HasSubstr("its partitions 'public.uf' are foreign tables"))
        << operation;
  }
}

// It keeps the columns and loses the triggers.
TEST_P(PartitionsTest, OneThatIsDetachedIsNamedUntilItsColumnsAreGone) {
  StartLive();
  EXPECT_EQ(Missing(), "");
  db().Exec(
      "CREATE TABLE u2 PARTITION OF u FOR VALUES FROM (10) TO (20);"
      "ALTER TABLE u DETACH PARTITION u1");
  EXPECT_EQ(Missing(),
            "partition public.u1 of 'u' is detached and still has column "
            "'_segue_d': attach it again, or drop the columns of this "
            "migration there");
  EXPECT_THAT(Refusal(), HasSubstr("partition public.u1 of 'u' is detached"));
  db().Exec(
      "UPDATE u1 SET code = 9 WHERE id = 1; ALTER TABLE u ATTACH PARTITION u1 "
      "FOR VALUES FROM (0) TO (10)");
  EXPECT_EQ(Missing(), "");
  // What was written meanwhile is found.
  EXPECT_FALSE(migrator_->Verify().clean());
  VerifyOptions repair;
  repair.repair = true;
  EXPECT_TRUE(migrator_->Verify(repair).clean());
  db().Exec(
      "ALTER TABLE u DETACH PARTITION u1; ALTER TABLE u1 DROP COLUMN _segue_d, "
      "DROP COLUMN _segue_new_code");
  EXPECT_EQ(Refusal(), "");
  EXPECT_EQ(*db().app().One("SELECT code FROM u1 WHERE id = 1"), "9");
}

SEGUE_INSTANTIATE_ON(PartitionsTest, PostgresTestbed());

}  // namespace
}  // namespace segue::test
