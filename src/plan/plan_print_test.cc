// Tests a plan as text and as JSON.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "plan/planned.h"
#include "segue/error.h"

namespace segue {
namespace {

using ::testing::HasSubstr;

WalkSql WalkOf(const std::string& name, bool writes) {
  WalkSql walk;
  walk.table = "users";
  walk.key_columns = {"id"};
  walk.statement = {name + " all", name + " after", name + " upto",
                    name + " between"};
  walk.cuts = "cuts";
  walk.next_bound = {"n all", "n after", "", ""};
  walk.writes = writes;
  walk.estimated_rows = "estimate";
  return walk;
}

MotionSql FullMotion() {
  MotionSql motion;
  motion.name = "02_x_1";
  motion.table = "users";
  motion.fill = WalkOf("f", true);
  motion.fill->statement.between = "UPDATE users\nSET x = 1";
  motion.fill->when_refused = {"w all", "", "", ""};
  motion.fill->share = {"s all", "", "", ""};
  motion.fill->shares = 4;
  motion.verify = {WalkOf("v", false), WalkOf("v2", false)};
  motion.settle = WalkOf("s", true);
  motion.count_left = "count";
  motion.after_fill = "ANALYZE users";
  return motion;
}

MotionSql SharedFill() {
  MotionSql motion;
  motion.name = "02_x_1+02_x_2";
  motion.table = "users";
  motion.parts = {"02_x_1", "02_x_2"};
  motion.fill = WalkOf("both", true);
  return motion;
}

Plan FullPlan() {
  Plan plan;
  plan.id = "02_x";
  plan.title = "Say \"hello\" in \u00fcber-UTF-8";
  plan.access = Access::kVersioned;
  plan.version = "02_x";
  plan.version_schema = "public_02_x";
  plan.notes = {"a note"};

  PlannedAction add;
  add.description = "add";
  add.forward = {{"ALTER TABLE users ADD x integer;", std::nullopt},
                 {"UPDATE one SET x = 1", 1}};
  add.undo = {{"ALTER TABLE users DROP x", 0}};
  add.probe = "SELECT true";
  add.holders = "SELECT 'view v', 1";
  add.cleanup = {{"DROP INDEX i", std::nullopt}};
  add.lock = {"ACCESS EXCLUSIVE", "users", std::chrono::milliseconds(500),
              "milliseconds, any size", 8};
  add.transactional = false;
  add.unit = 1;

  PlannedAction fill;
  fill.kind = ActionKind::kBackfill;
  fill.motion = FullMotion().name;
  fill.unit = 1;

  PlannedAction drop;
  drop.forward = {{"ALTER TABLE users DROP old -- gone", std::nullopt}};
  drop.reversible = false;
  drop.unit = 1;

  const auto step = [](Phase phase, const char* description,
                       std::vector<PlannedAction> actions) {
    Step made;
    made.phase = phase;
    made.description = description;
    made.actions = std::move(actions);
    return made;
  };
  plan.steps = {step(Phase::kExpanding, "Add column 'x'", {add}),
                step(Phase::kMigrating, "Backfill 'x'", {fill}),
                step(Phase::kMigrating, "Nothing to do", {}),
                step(Phase::kContracting, "Drop 'old'", {drop})};
  plan.steps[0].executed = plan.steps[1].executed = true;
  plan.steps[1].rolled_back = true;
  plan.steps[1].notes = {"slow"};
  plan.steps[3].stage = Stage::kDrop;
  plan.motions = {FullMotion(), SharedFill()};
  plan.gauges = {{"users", {{"i", "SELECT 1"}, {"j"}}, "SELECT 2"}};
  plan.estimates = {
      {"users", "fill", true, 25'000'000, 187.4, 11'210'000'000, 2'400'000'000,
       "a row of 205 bytes grows by 16"},
      {"users", "copy", false, 25'000'000, 5'000.0, 0, 6'000'000'000, ""}};
  return plan;
}

TEST(PlanTextTest, ReadsWell) {
  EXPECT_EQ(ToText(FullPlan()),
            R"(Migration 02_x: Say "hello" in über-UTF-8
Access: versioned, as public_02_x
Note: a note
Estimate: filling 'users' in place takes about 3 min for 25,000,000 rows, with 11 GB of log, and the table grows by 2.4 GB (a row of 205 bytes grows by 16)
Estimate: copying 'users' to a new table would take about 83 min for 25,000,000 rows and 6.0 GB more disk meanwhile
Estimate: from statistics and figures of another machine; the time may be twice or half of it

1. [EXPANDING] Add column 'x' (done)
   Lock: ACCESS EXCLUSIVE on users, waits at most 500 ms, held milliseconds, any size
   Forward:
     ALTER TABLE users ADD x integer;
     UPDATE one SET x = 1;
   Rollback:
     ALTER TABLE users DROP x;

2. [MIGRATING] Backfill 'x' (rolled back)
   Forward (range by range):
     UPDATE users
     SET x = 1;
   Rollback: nothing to undo
   Note: slow

3. [MIGRATING] Nothing to do

4. [CONTRACTING] Drop 'old'
   Forward:
     ALTER TABLE users DROP old -- gone
   Rollback: not possible after this step
)");
}

TEST(PlanTextTest, AnEmptyPlanSaysSo) {
  Plan plan;
  plan.id = "01";
  EXPECT_EQ(ToText(plan), "Migration 01\nAccess: in place\n\nNo steps.\n");
}

TEST(PlanJsonTest, ReadsBackWhatItWrote) {
  const std::string json = ToJson(FullPlan());
  const Plan plan = PlanFromJson(json);
  EXPECT_EQ(ToJson(plan), json);
  EXPECT_EQ(ToText(plan), ToText(FullPlan()));

  ASSERT_EQ(plan.steps.size(), 4U);
  const PlannedAction& add = plan.steps[0].actions[0];
  EXPECT_EQ(add.forward[0].expect_rows, std::nullopt);
  EXPECT_EQ(add.forward[1].expect_rows, 1);
  EXPECT_EQ(add.undo[0].expect_rows, 0);
  EXPECT_EQ(add.probe, "SELECT true");
  EXPECT_EQ(add.holders, "SELECT 'view v', 1");
  EXPECT_EQ(add.cleanup[0].sql, "DROP INDEX i");
  EXPECT_EQ(add.lock.budget, std::chrono::milliseconds(500));
  EXPECT_FALSE(add.transactional);
  EXPECT_TRUE(add.reversible);
  EXPECT_EQ(add.motion, "");

  const PlannedAction& fill = plan.steps[1].actions[0];
  EXPECT_EQ(fill.kind, ActionKind::kBackfill);
  const MotionSql& motion = plan.MotionNamed(fill.motion);
  EXPECT_EQ(motion.name, "02_x_1");
  ASSERT_TRUE(motion.fill);
  EXPECT_EQ(motion.fill->table, "users");
  EXPECT_EQ(motion.fill->key_columns, std::vector<std::string>{"id"});
  EXPECT_EQ(motion.fill->next_bound.after, "n after");
  EXPECT_EQ(motion.fill->statement.upto, "f upto");
  EXPECT_EQ(motion.fill->cuts, "cuts");
  EXPECT_TRUE(motion.fill->writes);
  EXPECT_EQ(motion.fill->when_refused.all, "w all");
  EXPECT_EQ(motion.fill->share.all, "s all");
  EXPECT_EQ(motion.fill->shares, 4);
  ASSERT_EQ(motion.verify.size(), 2U);
  EXPECT_EQ(motion.verify[1].statement.all, "v2 all");
  EXPECT_FALSE(motion.verify[1].writes);
  EXPECT_EQ(motion.Writing(Activity::kSettle)->statement.between, "s between");
  EXPECT_EQ(motion.Writing(Activity::kRepair), nullptr);
  EXPECT_EQ(motion.count_left, "count");
  EXPECT_EQ(motion.fill->estimated_rows, "estimate");
  EXPECT_EQ(motion.after_fill, "ANALYZE users");
  EXPECT_EQ(plan.motions[1].parts,
            (std::vector<std::string>{"02_x_1", "02_x_2"}));
  EXPECT_TRUE(plan.steps[1].rolled_back);
  EXPECT_FALSE(plan.steps[3].actions[0].reversible);
  EXPECT_EQ(plan.steps[3].stage, Stage::kDrop);

  ASSERT_EQ(plan.gauges.size(), 1U);
  EXPECT_EQ(plan.gauges[0].table, "users");
  EXPECT_EQ(plan.gauges[0].probe, "SELECT 2");
  ASSERT_EQ(plan.gauges[0].indexes.size(), 2U);
  EXPECT_EQ(plan.gauges[0].indexes[0].scans, "SELECT 1");
  EXPECT_EQ(plan.gauges[0].indexes[1].name, "j");

  ASSERT_EQ(plan.estimates.size(), 2U);
  EXPECT_TRUE(plan.estimates[0].chosen);
  EXPECT_EQ(plan.estimates[0].rows, 25'000'000);
  EXPECT_DOUBLE_EQ(plan.estimates[0].seconds, 187.4);
  EXPECT_EQ(plan.estimates[0].log_bytes, 11'210'000'000);
  EXPECT_EQ(plan.estimates[1].motion, "copy");
  EXPECT_FALSE(plan.estimates[1].chosen);
}

TEST(PlanJsonTest, NeighboursOfFormat1ShareATransaction) {
  const std::string action =
      R"({"kind":"schema","transactional":true,"reversible":true})";
  const std::string alone =
      R"({"kind":"schema","transactional":false,"reversible":true})";
  const Plan plan = PlanFromJson(
      R"({"format":1,"id":"","title":"","access":"in_place","steps":[{"phase":)"
      R"("EXPANDING","description":"","executed":false,"rolled_back":false,)"
      R"("actions":[)" +
      action + "," + action + "," + alone + "," + action + "]}]}");
  std::vector<int> units;
  for (const PlannedAction& one : plan.steps.at(0).actions) {
    units.push_back(one.unit);
  }
  EXPECT_EQ(units, (std::vector<int>{1, 1, 2, 3}));
}

TEST(PlanJsonTest, SaysWhichColumnsADropRemoves) {
  Plan plan;
  plan.steps.emplace_back();
  plan.steps[0].phase = Phase::kContracting;
  plan.steps[0].stage = Stage::kDrop;
  plan.steps[0].removes = {{"users", "name"}};
  EXPECT_EQ(PlanFromJson(ToJson(plan)).steps[0].removes, plan.steps[0].removes);
}

TEST(PlanJsonTest, SaysWhatGoesWithTheContractAndWhatLivesOn) {
  Plan plan;
  plan.removals = {{"users", ""}, {"orders", "orders_user"}};
  plan.kept_versions = {"public_01_a"};
  const Plan read = PlanFromJson(ToJson(plan));
  EXPECT_EQ(read.removals, plan.removals);
  EXPECT_EQ(read.kept_versions, plan.kept_versions);
}

TEST(PlanJsonTest, KnowsWhatAnOlderPlanRemovesByItsWords) {
  const auto removes = [](const std::string& words) {
    return PlanFromJson(
               R"({"format":2,"id":"","title":"","access":"in_place","steps":)"
               R"([{"phase":"CONTRACTING","stage":"drop","description":")" +
               words +
               R"(","executed":false,"rolled_back":false,"actions":[]}]})")
        .steps.at(0)
        .removes;
  };
  EXPECT_EQ(removes("Drop old column 'na' from 'me' from 'users'"),
            (std::vector<ColumnName>{{"users", "na' from 'me"}}));
  EXPECT_EQ(removes("Drop table 'users'"), std::vector<ColumnName>());
}

TEST(PlanTextTest, WhatTakesNoTimeNeedsNoFigures) {
  Plan plan;
  plan.id = "01";
  plan.estimates = {{"users", "fill", true, 3, 0.001, 900, 0, "why"},
                    {"users", "copy", false, 3, 0.001, 900, 900, "why"}};
  EXPECT_EQ(ToText(plan),
            "Migration 01\nAccess: in place\nEstimate: filling 'users' in "
            "place takes less than a second\n\nNo steps.\n");
}

TEST(PlanJsonTest, AnEmptyPlanReadsBack) {
  EXPECT_EQ(ToJson(PlanFromJson(ToJson(Plan()))), ToJson(Plan()));
}

TEST(PlanJsonTest, WhatIsNoPlanIsCorrupt) {
  for (
      const char* json :
      {"", "{}", "[]", "{\"format\":1}", "{\"format\":\"x\"}",
       R"({"format":1,"id":1,"title":"","access":"in_place","steps":[]})",
       R"({"format":1,"id":"","title":"","access":"?","steps":[]})",
       R"({"format":1,"id":"","title":"","access":"in_place","steps":[{}]})"}) {
    try {
      PlanFromJson(json);
      ADD_FAILURE() << json;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kCorrupt) << json;
    }
  }
}

// Only the format and the id have to be in their places, whatever else the plan
// contains.
TEST(PlanJsonTest, ANewerFormatIsRefusedAndSaysWhatToDo) {
  try {
    PlanFromJson(R"({"format":99,"id":"01_new","steps":"of another kind"})");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kRefused);
    EXPECT_THAT(error.what(), HasSubstr("plan of migration '01_new' was "
                                        "written by a newer segue (format 99"));
    EXPECT_THAT(error.hint(), HasSubstr("use that version or a newer one"));
  }
}

TEST(PlanJsonTest, TheFirstFormatIsRead) {
  const Plan plan = PlanFromJson(
      R"({"format":1,"id":"01_old","title":"","access":"in_place",)"
      R"("steps":[]})");
  EXPECT_EQ(plan.id, "01_old");
}

// Earlier plans had locks of PostgreSQL only.
TEST(PlanJsonTest, ALockOfAnEarlierPlanHasTheStrengthThatItHad) {
  std::string json = ToJson(FullPlan());
  const std::string strength = ",\"strength\":8";
  const std::size_t at = json.find(strength);
  ASSERT_NE(at, std::string::npos);
  json.erase(at, strength.size());
  EXPECT_EQ(ToJson(PlanFromJson(json)), ToJson(FullPlan()));
}

TEST(PlanJsonTest, TextThatIsNotUtf8IsRefused) {
  Plan plan;
  plan.title = "\xff";
  try {
    ToJson(plan);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kRefused);
  }
}

}  // namespace
}  // namespace segue
