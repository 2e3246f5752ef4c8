#include "ops/partition_table.h"

#include "planning/plan_bed.h"

namespace segue::ops {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

class PartitionTableTest : public PlanBed {
 protected:
  static PartitionSpec ByAge() {
    return {.method = PartitionSpec::Method::kRange,
            .key = {"age"},
            .parts = {{"young", {"MINVALUE"}, {"18"}}},
            .default_part = "others"};
  }
  static PartitionSpec ByHash() {
    return {.method = PartitionSpec::Method::kHash,
            .key = {"id"},
            .parts = {{"users_0"}, {"users_1"}}};
  }
  static Migration Partition(const PartitionSpec& how) {
    return Migration("m", "").PartitionTable("users", how);
  }
};

TEST_F(PartitionTableTest, AKeyGetsTheColumnsOfThePartitions) {
  const std::vector<std::string> lines = Plan(Partition(ByAge()));
  EXPECT_THAT(lines, Contains(HasSubstr("PARTITIONED BY age INTO young INTO "
                                        "others WITH _segue_new_users_pkey")));
  EXPECT_THAT(lines, Contains(HasSubstr("unique index 'users_pkey' (id) "
                                        "becomes (id, age)")));
  EXPECT_THAT(schema::NamesOf(motions_.Copy("m_1")->key),
              ElementsAre("id", "age"));
  EXPECT_THAT(schema::NamesOf(motions_.Copy("m_1")->walk), ElementsAre("id"));
  const schema::Table& shape = *shape_.FindTable("users");
  EXPECT_EQ(shape.kind, "partitioned table");
  EXPECT_EQ(shape.FindIndex("users_pkey")->columns.size(), 2U);
}

TEST_F(PartitionTableTest, AKeyThatHasTheColumnsStays) {
  const std::vector<std::string> lines = Plan(Partition(ByHash()));
  EXPECT_THAT(lines, Not(Contains(HasSubstr("becomes"))));
  EXPECT_THAT(schema::NamesOf(motions_.Copy("m_1")->key), ElementsAre("id"));
}

TEST_F(PartitionTableTest, AnyRowHasAPartition) {
  PartitionSpec how = ByAge();
  how.default_part = "";
  EXPECT_THAT(Refusal(Partition(how)), HasSubstr("'default' is missing"));
  how = ByHash();
  how.default_part = "others";
  EXPECT_THAT(Refusal(Partition(how)), HasSubstr("there is no default"));
  EXPECT_THAT(Refusal(Partition(ByHash()).PartitionTable("users", how)),
              HasSubstr("partition_table"));
}

TEST_F(PartitionTableTest, WhatAPartitionedTableCannotHaveIsRefused) {
  users().FindColumn("age")->nullable = true;
  EXPECT_THAT(Refusal(Partition(ByAge())), HasSubstr("takes NULL"));
  users().FindColumn("age")->nullable = false;
  users().indexes.front().referenced_by = {"public.orders.of_user"};
  EXPECT_THAT(Refusal(Partition(ByAge())),
              HasSubstr("'public.orders.of_user' refers to 'users_pkey'"));
  EXPECT_FALSE(Plan(Partition(ByHash())).empty());
  users().replica_identity = "INDEX";
  EXPECT_THAT(Refusal(Partition(ByHash())), HasSubstr("replica identity"));
}

TEST_F(PartitionTableTest, BoundsHaveAValueForEachColumn) {
  PartitionSpec how = ByAge();
  how.parts.front().to = {"18", "1"};
  EXPECT_THAT(Refusal(Partition(how)), HasSubstr("need 1 value"));
}

TEST_F(PartitionTableTest, ADatabaseWithoutPartitionsIsNamed) {
  can_.partitions = false;
  EXPECT_THAT(Refusal(Partition(ByHash())),
              HasSubstr("has no partitioned tables"));
}

// The table that is put aside has its key alone.
TEST_F(PartitionTableTest, TheTableThatIsPutAsideFollows) {
  undoable_ = true;
  EXPECT_THAT(Plan(Partition(ByAge())),
              Contains(HasSubstr("until the drop 'users_pkey' of the table as "
                                 "it was is unique as before")));
  const plan::TableMotion sealed = plan::Sealed(*motions_.Copy("m_1"));
  EXPECT_EQ(sealed.source.kind, "partitioned table");
  EXPECT_EQ(sealed.target.name, "_segue_old_users");
  EXPECT_THAT(schema::NamesOf(sealed.key), ElementsAre("id", "age"));
  EXPECT_THAT(schema::NamesOf(sealed.unique), ElementsAre("id"));
  EXPECT_THAT(Plan(Partition(ByHash())),
              Not(Contains(HasSubstr("is unique as before"))));
  EXPECT_TRUE(plan::Sealed(*motions_.Copy("m_1")).unique.empty());
}

}  // namespace
}  // namespace segue::ops
