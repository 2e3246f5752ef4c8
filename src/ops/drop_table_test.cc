#include "ops/drop_table.h"

#include "planning/plan_bed.h"

namespace segue::ops {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

class DropTableTest : public PlanBed {
 protected:
  static Migration Drop() { return Migration("m", "").DropTable("users"); }
};

TEST_F(DropTableTest, GoesAtTheContractOnly) {
  users().estimated_rows = 1234;
  EXPECT_THAT(
      Plan(Drop()),
      ElementsAre("CONTRACTING Drop table 'users'", "  DROP TABLE users",
                  "  note: about 1,234 rows go with it, for good"));
  EXPECT_EQ(shape_.FindTable("users"), nullptr);
}

TEST_F(DropTableTest, WhatDependsOnItIsNamedOnce) {
  users().dependents = {
      {"view", "public", "", "v", "id"},
      {"view", "public", "", "v", "name"},
      {"trigger function", "public", "", "f", "name"},
      {"generated column", "public", "users", "shout", "name"}};
  EXPECT_THAT(Refusal(Drop()),
              AllOf(HasSubstr("drop_table 'users': view 'public.v' depends"),
                    Not(HasSubstr("; "))));
}

TEST_F(DropTableTest, WhatIsDroppedBeforeIsNotInTheWay) {
  schema::Table orders = MakeUsers();
  orders.name.name = "orders";
  schema_.tables.push_back(orders);
  users().dependents = {{"foreign key", "public", "orders", "fk", "id"}};
  EXPECT_THAT(Refusal(Drop()), HasSubstr("foreign key 'public.orders.fk'"));
  Migration both("m", "");
  both.DropTable("orders").DropTable("users");
  Plan(both);
}

TEST_F(DropTableTest, NothingElseHappensToIt) {
  EXPECT_THAT(Refusal(Drop().DropTable("users")), HasSubstr("drops it"));
  EXPECT_THAT(Refusal(Drop().DropColumn("users", "age", "0")),
              HasSubstr("drop_column on table 'users': an earlier drop_table"));
  EXPECT_THAT(Refusal(Drop().CreateTable("users", {Spec("x")})),
              HasSubstr("drops it"));
  EXPECT_THAT(
      Refusal(
          Migration("m", "").AddColumn("users", Spec("x")).DropTable("users")),
      HasSubstr("an earlier add_column of this migration works on it"));
  EXPECT_THAT(
      Refusal(Migration("m", "").DropTable("user"), ErrorKind::kNotFound),
      HasSubstr("did you mean 'users'"));
}

}  // namespace
}  // namespace segue::ops
