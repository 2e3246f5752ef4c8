#include "backfill/fill_cost.h"

#include <gtest/gtest.h>

namespace segue::engine {
namespace {

TEST(FillCostTest, SaysWhatItTookBesideWhatWasEstimated) {
  MotionEstimate estimate;
  estimate.table = "users";
  estimate.chosen = true;
  estimate.rows = 1'000'000;
  estimate.seconds = 14;
  estimate.log_bytes = 450'000'000;
  estimate.disk_bytes = 110'000'000;
  EXPECT_EQ(
      FillCostText(999'000, {100, 5e6, 2e8}, {112.2, 605e6, 3.2e8}, estimate),
      "Filled 'users': 999,000 rows in 12 s (estimated 1,000,000 in 14 "
      "s), 600 MB of log by the whole server (estimated 450 MB), the "
      "table grew by 120 MB (estimated 110 MB)");
  // The database reports no log, and a vacuum has made the table smaller.
  EXPECT_EQ(FillCostText(999'000, {100, std::nullopt, 2e8},
                         {112.2, std::nullopt, 1e8}, estimate),
            "Filled 'users': 999,000 rows in 12 s (estimated 1,000,000 in 14 "
            "s), the table grew by 0 bytes (estimated 110 MB)");
}

TEST(FillCostTest, TheLedgerGivesAReadingBack) {
  for (const auto& log :
       {std::optional<double>(123456789012.0), std::optional<double>()}) {
    const MeterReading reading{1700000000.25, log, 8192};
    const MeterReading back = MeterFromValues(
        db::ValuesFromJson(db::ValuesToJson(ToValues(reading))));
    EXPECT_NEAR(back.seconds, reading.seconds, 0.01);
    EXPECT_EQ(back.log_bytes, log);
    EXPECT_EQ(back.table_bytes, 8192);
  }
}

TEST(FillCostTest, TheEstimateIsTheOneOfTheWayTaken) {
  Plan plan;
  const auto add = [&](const char* table, bool chosen, double seconds) {
    MotionEstimate& estimate = plan.estimates.emplace_back();
    estimate.table = table;
    estimate.chosen = chosen;
    estimate.seconds = seconds;
  };
  add("a", true, 5);
  add("b", false, 5);
  add("b", true, 5);
  add("c", true, 0.1);
  EXPECT_EQ(WorthMeasuring(plan, "b"), &plan.estimates[2]);
  EXPECT_EQ(WorthMeasuring(plan, "c"), nullptr);
  EXPECT_EQ(WorthMeasuring(plan, "d"), nullptr);
}

}  // namespace
}  // namespace segue::engine
