#include "ops/narrow_sync.h"

#include "ops/plan_bed.h"

namespace segue::ops {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class NarrowSyncTest : public ::testing::Test {
 protected:
  NarrowSyncTest() {
    can_.narrows_triggers = true;
    live_.name = "public";
    live_.tables = {MakeUsers()};
  }

  static plan::Motion MotionOf(const std::string& name, const std::string& from,
                               const std::string& to) {
    plan::Motion motion;
    motion.name = name;
    motion.table = {"public", "users"};
    motion.old_column = MakeColumn(from, "text");
    motion.new_column = MakeColumn(to, "text");
    motion.up.bindings = {{from, from, "text"}};
    motion.down.bindings = {{to, to, "text"}};
    return motion;
  }

  // What each motion's step ends with, where that is "NARROW SYNC a".
  std::vector<std::string> Narrowed(const std::vector<plan::Motion>& motions) {
    const test::FakeDialect dialect(can_);
    Inquiry inquiry({});
    PlanContext context{dialect, Access::kInPlace, "m", "", inquiry, live_};
    context.steps = earlier_;
    for (const plan::Motion& motion : motions) {
      context.steps.push_back({Phase::kMigrating,
                               motion.name,
                               {plan::Backfill{motion}, plan::Verify{motion}},
                               {}});
    }
    NarrowSyncs(context, motions, live_);
    steps_ = context.steps;
    std::vector<std::string> actions;
    for (const DraftStep& step : steps_) {
      const plan::Action& last = step.actions.back();
      if (std::holds_alternative<plan::NarrowSync>(last)) {
        actions.push_back(dialect.Render(last, {live_, {}}).description);
      }
    }
    return actions;
  }

  db::Capabilities can_ = test::FakeDialect::Capable();
  schema::Schema live_;
  std::vector<DraftStep> earlier_;
  std::vector<DraftStep> steps_;
  const plan::Motion email_ = MotionOf("a", "email", "mail");
};

TEST_F(NarrowSyncTest, EndsTheStepOfEachMotion) {
  EXPECT_THAT(Narrowed({email_, MotionOf("b", "name", "full_name")}),
              ElementsAre("NARROW SYNC a", "NARROW SYNC b"));
}

TEST_F(NarrowSyncTest, TheContractKnows) {
  earlier_ = {{Phase::kContracting, "drop", {plan::DropSync{email_}}, {}}};
  Narrowed({email_});
  EXPECT_TRUE(std::get<plan::DropSync>(steps_[0].actions[0]).motion.narrow);
}

TEST_F(NarrowSyncTest, NeedsADatabaseThatCan) {
  can_.narrows_triggers = false;
  EXPECT_THAT(Narrowed({email_}), IsEmpty());
}

TEST_F(NarrowSyncTest, LeavesMotionsThatMeetAlone) {
  plan::Motion reads = MotionOf("b", "name", "full_name");
  reads.up.bindings.push_back({"mail", "mail", "text"});
  EXPECT_THAT(Narrowed({email_, reads, MotionOf("c", "age", "years")}),
              ElementsAre("NARROW SYNC c"));
}

TEST_F(NarrowSyncTest, MotionsOfOtherTablesDoNotMeet) {
  plan::Motion other = email_;
  other.name = "b";
  other.table.name = "people";
  EXPECT_THAT(Narrowed({email_, other}), ElementsAre("NARROW SYNC a"));
}

TEST_F(NarrowSyncTest, LeavesATableWithTriggersOfTheUsersAlone) {
  live_.tables[0].triggers = {{"stamp", "CREATE TRIGGER stamp BEFORE UPDATE"}};
  EXPECT_THAT(Narrowed({email_}), IsEmpty());
}

TEST_F(NarrowSyncTest, LeavesAPartitionedTableAlone) {
  live_.tables[0].partition_key = {"id"};
  EXPECT_THAT(Narrowed({email_}), IsEmpty());
}

TEST_F(NarrowSyncTest, LeavesAllAloneWhereSqlOfTheUsersRuns) {
  earlier_ = {{Phase::kExpanding, "SQL", {plan::RawSql{"SELECT 1", ""}}, {}}};
  EXPECT_THAT(Narrowed({email_}), IsEmpty());
}

TEST_F(NarrowSyncTest, LeavesMarkedRowsToEveryWrite) {
  plan::Motion marking = email_;
  marking.marking = plan::Marking::kWhileLive;
  EXPECT_THAT(Narrowed({marking}), IsEmpty());
}

}  // namespace
}  // namespace segue::ops
