#include "ops/unpartition_table.h"

#include "planning/plan_bed.h"

namespace segue::ops {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

class UnpartitionTableTest : public PlanBed {
 protected:
  UnpartitionTableTest() {
    users().kind = "partitioned table";
    users().partition_key = {"id"};
    users().partitions = {{"public", "users_0"}, {"public", "users_1"}};
  }
  static Migration Unpartition() {
    return Migration("m", "").UnpartitionTable("users");
  }
};

TEST_F(UnpartitionTableTest, ThePlanNamesThePartitionsThatGo) {
  const std::vector<std::string> lines = Plan(Unpartition());
  EXPECT_THAT(lines, Contains(HasSubstr("partitions 'users_0', 'users_1': "
                                        "their names are gone")));
  EXPECT_THAT(lines, Contains(HasSubstr("unique index 'users_pkey' (id) stays "
                                        "as it is")));
  EXPECT_THAT(lines, Contains(HasSubstr("with its partitions")));
  EXPECT_THAT(lines, Not(Contains(HasSubstr("PARTITIONED BY"))));
  const schema::Table& shape = *shape_.FindTable("users");
  EXPECT_EQ(shape.kind, "table");
  EXPECT_TRUE(shape.partitions.empty());
  EXPECT_TRUE(shape.partition_key.empty());
  EXPECT_THAT(schema::NamesOf(motions_.Copy("m_1")->key), ElementsAre("id"));
}

TEST_F(UnpartitionTableTest, OnlyAPartitionedTableIsMeant) {
  users().kind = "table";
  EXPECT_THAT(Refusal(Unpartition()), HasSubstr("it has no partitions"));
  users().kind = "partition";
  EXPECT_THAT(Refusal(Unpartition()), HasSubstr("it is a partition"));
}

TEST_F(UnpartitionTableTest, PartitionsOfPartitionsAreNamed) {
  users().subpartitioned = {{"public", "users_2"}};
  EXPECT_THAT(Refusal(Unpartition()),
              HasSubstr("'users_2' are partitioned themselves"));
}

TEST_F(UnpartitionTableTest, AForeignPartitionIsNamed) {
  users().foreign_partitions = {{"public", "users_far"}};
  EXPECT_THAT(Refusal(Unpartition()), HasSubstr("users_far"));
}

TEST_F(UnpartitionTableTest, ADatabaseWithoutPartitionsIsNamed) {
  can_.partitions = false;
  EXPECT_THAT(Refusal(Unpartition()), HasSubstr("has no partitioned tables"));
}

TEST_F(UnpartitionTableTest, ThePartitionsArePutAsideWithTheTable) {
  undoable_ = true;
  EXPECT_THAT(
      Plan(Unpartition()),
      Contains(HasSubstr("undo: the partitions have their names again")));
  EXPECT_EQ(plan::Sealed(*motions_.Copy("m_1")).source.kind, "table");
  schema::Constraint own;
  own.name = "of_user";
  own.kind = schema::ConstraintKind::kForeignKey;
  own.reference.table = "users";
  users().constraints.push_back(own);
  EXPECT_THAT(
      Refusal(Unpartition()),
      HasSubstr("undo_window: foreign key 'of_user' refers to the table "
                "itself"));
  users().constraints.pop_back();
  users().partitions.push_back({"far", "users_2"});
  EXPECT_THAT(Refusal(Unpartition()),
              HasSubstr("undo_window: partition 'far.users_2' is in another "
                        "schema"));
  undoable_ = false;
  EXPECT_FALSE(Plan(Unpartition()).empty());
}

TEST_F(UnpartitionTableTest, ATableWithoutAKeyIsRefused) {
  users().indexes.clear();
  users().constraints.clear();
  EXPECT_THAT(Refusal(Unpartition()), HasSubstr("no primary key"));
}

}  // namespace
}  // namespace segue::ops
