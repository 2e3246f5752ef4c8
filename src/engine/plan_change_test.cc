#include "engine/plan_change.h"

#include <gtest/gtest.h>

#include "segue/error.h"

namespace segue::engine {
namespace {

QueryPlan Reading(std::vector<TableAccess> accesses) {
  QueryPlan plan;
  plan.cost = 8.25;
  plan.accesses = std::move(accesses);
  return plan;
}

QueryPlan Failing(const std::string& message) {
  QueryPlan plan;
  plan.error = message;
  return plan;
}

const TableAccess kWhole{"Seq Scan", "users", ""};
const TableAccess kByName{"Index Scan", "users", "users_name"};
const TableAccess kByLower{"Index Scan", "users", "users_lower"};
const TableAccess kOnlyName{"Index Only Scan", "users", "users_name"};
const TableAccess kOrders{"Seq Scan", "orders", ""};

std::string Became(std::vector<TableAccess> before,
                   std::vector<TableAccess> after) {
  return Verdict(Reading(std::move(before)), Reading(std::move(after)));
}

TEST(VerdictTest, InPlainWords) {
  EXPECT_EQ(Became({kWhole}, {kWhole}), "unchanged");
  EXPECT_EQ(Became({}, {}), "unchanged");
  EXPECT_EQ(Became({kWhole}, {kByName}),
            "uses users_name instead of a sequential scan");
  EXPECT_EQ(Became({kByName}, {kWhole}),
            "no longer uses an index: Seq Scan on users");
  EXPECT_EQ(Became({kByName}, {kByLower}),
            "uses users_lower instead of users_name");
  EXPECT_EQ(Became({kByName}, {kByName, kByLower}), "uses users_lower as well");
  EXPECT_EQ(Became({kByName, kByLower}, {kByName}),
            "no longer uses users_lower");
  EXPECT_EQ(Became({kByName}, {kOnlyName}),
            "reads users by Index Only Scan of users_name instead of Index "
            "Scan of users_name");
}

TEST(VerdictTest, TableByTable) {
  EXPECT_EQ(Became({kWhole, kOrders}, {kOrders, kByName}),
            "uses users_name instead of a sequential scan");
  EXPECT_EQ(Became({kOrders}, {kWhole}),
            "no longer reads orders; reads users now");
}

TEST(VerdictTest, AFailureIsNamed) {
  EXPECT_EQ(Verdict(Failing("no x"), Reading({kWhole})),
            "could not be explained before: no x");
  EXPECT_EQ(Verdict(Reading({kWhole}), Failing("no x")),
            "can no longer be explained: no x");
  EXPECT_EQ(Verdict(Failing("no y"), Failing("no x")),
            "cannot be explained: no x");
}

TEST(PlanValuesTest, ComeBackAsTheyWere) {
  const QueryPlan plan = Reading({kWhole, kByName});
  const QueryPlan back =
      PlanFromValues(db::ValuesFromJson(db::ValuesToJson(ToValues(plan))));
  EXPECT_EQ(back.cost, plan.cost);
  EXPECT_EQ(back.accesses, plan.accesses);
  EXPECT_EQ(PlanFromValues(ToValues(Failing("no x"))).error, "no x");
  EXPECT_FALSE(PlanFromValues(ToValues(Failing("no x"))).cost.has_value());
  EXPECT_THROW(PlanFromValues({std::string()}), Error);
}

}  // namespace
}  // namespace segue::engine
