#include "engine/gauges.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "segue/error.h"

namespace segue::engine {
namespace {

using ::testing::HasSubstr;

Gauge Users() {
  Gauge gauge;
  gauge.table = "users";
  gauge.indexes = {{"users_name", "SCANS users_name"}};
  gauge.probe = "READ users";
  return gauge;
}

std::string Line(const Gauge& gauge, std::optional<std::int64_t> before,
                 std::optional<std::int64_t> now) {
  return GaugeText(gauge, {"", 120, {before}}, {"", 113, {now}});
}

TEST(GaugeTextTest, CountsAndProbe) {
  EXPECT_EQ(Line(Users(), 1204, 1204),
            "index users_name: 1,204 scans before, 0 since; probe of users "
            "0.12 ms before, 0.11 ms after");
  EXPECT_THAT(Line(Users(), 10, 13), HasSubstr("10 scans before, 3 since;"));
}

TEST(GaugeTextTest, ACountThatFellBeganAnew) {
  EXPECT_THAT(Line(Users(), 10, 3), HasSubstr("10 scans before, 3 since;"));
}

TEST(GaugeTextTest, IndexesThatComeAndGo) {
  EXPECT_THAT(Line(Users(), std::nullopt, 5),
              HasSubstr("index users_name: new, 5 scans;"));
  EXPECT_THAT(Line(Users(), 5, std::nullopt),
              HasSubstr("index users_name: 5 scans before, dropped;"));
  EXPECT_THAT(Line(Users(), std::nullopt, std::nullopt),
              HasSubstr("index users_name: not there;"));
}

TEST(GaugeTextTest, WhatIsNotCountedIsSaid) {
  Gauge gauge = Users();
  gauge.indexes[0].scans.clear();
  EXPECT_THAT(Line(gauge, std::nullopt, std::nullopt),
              HasSubstr("index users_name: this database counts no scans;"));
}

TEST(GaugeTextTest, WhatCannotBeReadIsSaid) {
  EXPECT_EQ(GaugeText(Users(), {"locked", 0, {}}, {"", 110, {5}}),
            "probe of users could not be read before (locked), 0.11 ms after");
  EXPECT_EQ(GaugeText(Users(), {"", 120, {5}}, {"gone", 0, {}}),
            "probe of users 0.12 ms before, could not be read after (gone)");
}

// A connection that answers the statements that it knows, and refuses all
// others.
class Answers : public db::Connection {
 public:
  explicit Answers(std::map<std::string, db::Value> known)
      : known_(std::move(known)) {}

  db::Result Execute(std::string_view sql,
                     const std::vector<db::Value>& /*parameters*/) override {
    asked.emplace_back(sql);
    const auto found = known_.find(std::string(sql));
    if (found == known_.end()) throw Error(ErrorKind::kCancelled, "too slow");
    db::Result result;
    result.rows = {{found->second}};
    return result;
  }
  void ExecuteScript(std::string_view /*sql*/) override {}
  void Begin(const db::TransactionOptions& options) override {
    bounded =
        options.lock_budget.count() > 0 && options.statement_budget.count() > 0;
  }
  void Commit() override {}
  void Rollback() noexcept override { ++rollbacks; }
  void Interrupt() noexcept override {}
  std::string SessionId() override { return "1"; }
  bool alive() const override { return true; }

  std::vector<std::string> asked;
  bool bounded = false;
  int rollbacks = 0;

 private:
  std::map<std::string, db::Value> known_;
};

TEST(ReadGaugeTest, AFewProbesWithinABudget) {
  Answers answers(
      {{"SCANS users_name", std::int64_t{7}}, {"READ users", std::int64_t{1}}});
  const GaugeReading reading = ReadGauge(answers, Users());
  EXPECT_EQ(reading.problem, "");
  ASSERT_EQ(reading.scans.size(), 1U);
  EXPECT_EQ(reading.scans[0], 7);
  EXPECT_EQ(answers.asked.size(), 4U);
  EXPECT_TRUE(answers.bounded);
  EXPECT_EQ(answers.rollbacks, 1);
}

TEST(ReadGaugeTest, AFailureIsAnAnswer) {
  Answers answers({{"SCANS users_name", std::int64_t{7}}});
  EXPECT_EQ(ReadGauge(answers, Users()).problem, "too slow");
}

TEST(ReadGaugeTest, ValuesComeBackAsTheyWere) {
  const GaugeReading back = ReadingFromValues(db::ValuesFromJson(
      db::ValuesToJson(ToValues({"why", 12, {std::nullopt, 3}}))));
  EXPECT_EQ(back.problem, "why");
  EXPECT_EQ(back.probe_us, 12);
  ASSERT_EQ(back.scans.size(), 2U);
  EXPECT_FALSE(back.scans[0].has_value());
  EXPECT_EQ(back.scans[1], 3);
}

}  // namespace
}  // namespace segue::engine
