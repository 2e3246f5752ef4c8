// Partitions that come and go while both versions are live.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.h"
#include "manifest/manifest.h"
#include "segue/error.h"
#include "segue/migrator.h"
#include "tests/support/testbed.h"

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
  }
  VerifyOptions repair;
  repair.repair = true;
  EXPECT_TRUE(migrator_->Verify(repair).clean());
  EXPECT_TRUE(migrator_->Complete().status.is_complete());
  EXPECT_EQ(*db().app().One("SELECT code FROM u WHERE id = 200"), "14");
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
