#include "planner/removals.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace segue::engine {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const schema::TableName kOrders{"public", "orders"};

schema::Constraint Key(const std::string& name,
                       const std::vector<std::string>& columns) {
  schema::Constraint key;
  key.name = name;
  key.kind = schema::ConstraintKind::kForeignKey;
  key.columns = columns;
  key.reference.table = "users";
  return key;
}

schema::Column Named(const std::string& name) {
  schema::Column column;
  column.name = name;
  return column;
}

// What goes when the contract has these actions.
std::vector<Removal> Of(std::vector<plan::Action> actions,
                        ops::Place place = ops::kDrop) {
  schema::Table orders;
  orders.name = kOrders;
  orders.constraints = {Key("orders_user", {"user_id"}),
                        Key("orders_part", {"a", "b"})};
  schema::Constraint check;
  check.name = "positive";
  check.columns = {"user_id"};
  orders.constraints.push_back(check);
  schema::Schema schema;
  schema.tables = {orders};
  ops::DraftStep step;
  step.place = place;
  step.actions = std::move(actions);
  return RemovalsOf(schema, {step});
}

TEST(RemovalsTest, AForeignKeyGoesByNameOrWithOneOfItsColumns) {
  EXPECT_THAT(Of({plan::DropConstraint{kOrders, Key("orders_user", {})}}),
              ElementsAre(Removal{"orders", "orders_user"}));
  EXPECT_THAT(Of({plan::DropColumn{kOrders, Named("b")}}),
              ElementsAre(Removal{"orders", "orders_part"}));
  EXPECT_THAT(Of({plan::DropConstraint{kOrders, Key("orders_part", {})},
                  plan::DropColumn{kOrders, Named("a")},
                  plan::DropColumn{kOrders, Named("b")}}),
              ElementsAre(Removal{"orders", "orders_part"}));
}

TEST(RemovalsTest, WhatIsOursOrNoForeignKeyIsNone) {
  EXPECT_THAT(Of({plan::DropColumn{kOrders, Named("a"), true}}), IsEmpty());
  EXPECT_THAT(Of({plan::DropColumn{kOrders, Named("total")}}), IsEmpty());
  schema::Constraint check;
  check.name = "positive";
  EXPECT_THAT(Of({plan::DropConstraint{kOrders, check}}), IsEmpty());
  EXPECT_THAT(Of({plan::DropConstraint{kOrders, Key("orders_user", {})}},
                 Phase::kMigrating),
              IsEmpty());
}

TEST(RemovalsTest, ACopyThatTakesTheNameKeepsIt) {
  EXPECT_THAT(Of({plan::DropColumn{kOrders, Named("user_id")},
                  plan::RenameConstraint{
                      kOrders, Key("_segue_new_orders_user", {"user_id"}),
                      "orders_user"}}),
              IsEmpty());
}

TEST(RemovalsTest, ATableGoesWithAllItsKeys) {
  schema::Table orders;
  orders.name = kOrders;
  EXPECT_THAT(Of({plan::DropConstraint{kOrders, Key("orders_user", {})},
                  plan::DropTable{orders}}),
              ElementsAre(Removal{"orders", ""}));
}

TEST(RemovalsTest, NamesThatAreExchangedMeanWhatTheyMeantBefore) {
  EXPECT_THAT(Of({plan::RenameColumn{kOrders, "user_id", "_segue_x"},
                  plan::RenameColumn{kOrders, "owner", "user_id"},
                  plan::RenameColumn{kOrders, "_segue_x", "owner"},
                  plan::DropColumn{kOrders, Named("user_id")}}),
              IsEmpty());
  EXPECT_THAT(Of({plan::RenameColumn{kOrders, "user_id", "_segue_x"},
                  plan::RenameColumn{kOrders, "owner", "user_id"},
                  plan::RenameColumn{kOrders, "_segue_x", "owner"},
                  plan::DropColumn{kOrders, Named("owner")}}),
              ElementsAre(Removal{"orders", "orders_user"}));
}

TEST(RemovalsTest, WhatASealHasPutAsideIsCalledAsBefore) {
  schema::Table aside;
  aside.name = {"public", "_segue_old_orders"};
  EXPECT_THAT(Of({plan::RenameTable{kOrders, "_segue_old_orders"},
                  plan::DropTable{aside}}),
              ElementsAre(Removal{"orders", ""}));
  EXPECT_THAT(Of({plan::RenameColumn{kOrders, "user_id", "_segue_old_user_id"},
                  plan::DropColumn{kOrders, Named("_segue_old_user_id")}}),
              ElementsAre(Removal{"orders", "orders_user"}));
}

}  // namespace
}  // namespace segue::engine
