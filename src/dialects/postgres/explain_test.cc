#include "dialects/postgres/explain.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "segue/error.h"

namespace segue::postgres {
namespace {

using ::testing::ElementsAre;

// As PostgreSQL 15 prints them, shortened.
TEST(ParsePlanTest, SequentialScan) {
  const QueryPlan plan = ParsePlan(
      R"([{"Plan": {"Node Type": "Seq Scan", "Parallel Aware": false,
          "Relation Name": "users", "Alias": "u", "Startup Cost": 0.00,
          "Total Cost": 35.50, "Plan Rows": 13}}])");
  EXPECT_EQ(plan.error, "");
  EXPECT_EQ(plan.cost, 35.5);
  EXPECT_THAT(plan.accesses, ElementsAre(TableAccess{"Seq Scan", "users", ""}));
}

TEST(ParsePlanTest, JoinOverIndexesInTheOrderOfThePlan) {
  const QueryPlan plan = ParsePlan(
      R"([{"Plan": {"Node Type": "Nested Loop", "Total Cost": 9, "Plans": [
          {"Node Type": "Index Scan", "Relation Name": "users",
           "Index Name": "users_pkey"},
          {"Node Type": "Materialize", "Plans": [
            {"Node Type": "Index Only Scan", "Relation Name": "orders",
             "Index Name": "orders_user"}]},
          {"Node Type": "Function Scan", "Function Name": "now"}]}}])");
  EXPECT_THAT(
      plan.accesses,
      ElementsAre(TableAccess{"Index Scan", "users", "users_pkey"},
                  TableAccess{"Index Only Scan", "orders", "orders_user"}));
}

TEST(ParsePlanTest, BitmapNamesItsIndexesAndTheirTable) {
  const QueryPlan plan = ParsePlan(
      R"([{"Plan": {"Node Type": "Bitmap Heap Scan", "Relation Name": "users",
          "Total Cost": 9, "Plans": [{"Node Type": "BitmapOr", "Plans": [
            {"Node Type": "Bitmap Index Scan", "Index Name": "a"},
            {"Node Type": "Bitmap Index Scan", "Index Name": "b"}]}]}}])");
  EXPECT_THAT(plan.accesses,
              ElementsAre(TableAccess{"Bitmap Index Scan", "users", "a"},
                          TableAccess{"Bitmap Index Scan", "users", "b"}));
}

TEST(ParsePlanTest, AWriteCountsByWhatItReads) {
  const QueryPlan plan = ParsePlan(
      R"([{"Plan": {"Node Type": "ModifyTable", "Operation": "Update",
          "Relation Name": "users", "Total Cost": 8.17, "Plans": [
          {"Node Type": "Index Scan", "Relation Name": "users",
           "Index Name": "users_pkey"}]}}])");
  EXPECT_THAT(plan.accesses,
              ElementsAre(TableAccess{"Index Scan", "users", "users_pkey"}));
}

TEST(ParsePlanTest, WhatIsNoPlanIsAnError) {
  EXPECT_THROW(ParsePlan("Seq Scan on users"), Error);
  EXPECT_THROW(ParsePlan("[]"), Error);
}

}  // namespace
}  // namespace segue::postgres
