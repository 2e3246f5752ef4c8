#include "planning/narrow_sync.h"

#include "planning/plan_bed.h"

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

  static plan::ColumnMotion MotionOf(const std::string& name,
                                     const std::string& from,
                                     const std::string& to) {
    plan::ColumnMotion motion;
    motion.name = name;
    motion.table = {"public", "users"};
    motion.old_column = MakeColumn(from, "text");
    motion.new_column = MakeColumn(to, "text");
    motion.up.bindings = {{from, from, "text"}};
    motion.down.bindings = {{to, to, "text"}};
    return motion;
  }

  // Returns the motions whose step ends with the narrow form.
  std::vector<std::string> Narrowed(
      const std::vector<plan::ColumnMotion>& motions) {
    const test::FakeDialect dialect(can_);
    Inquiry inquiry({});
    PlanContext context{dialect, Access::kInPlace, "m", "", inquiry, live_};
    context.steps = earlier_;
    for (const plan::ColumnMotion& motion : motions) {
      context.motions.Add(motion);
      context.steps.push_back(
          {Phase::kMigrating,
           motion.name,
           {plan::Backfill{{motion.name}}, plan::Verify{motion.name}},
           {}});
    }
    NarrowSyncs(context, live_);
    motions_ = context.motions;
    std::vector<std::string> narrowed;
    for (const DraftStep& step : context.steps) {
      const auto* sync = std::get_if<plan::CreateSync>(&step.actions.back());
      if (sync == nullptr) continue;
      EXPECT_EQ(sync->form, plan::SyncForm::kNarrow);
      narrowed.push_back(sync->motion);
    }
    return narrowed;
  }

  db::Capabilities can_ = test::FakeDialect::Capable();
  schema::Schema live_;
  std::vector<DraftStep> earlier_;
  plan::Motions motions_;
  const plan::ColumnMotion email_ = MotionOf("a", "email", "mail");
};

TEST_F(NarrowSyncTest, EndsTheStepOfEachMotion) {
  EXPECT_THAT(Narrowed({email_, MotionOf("b", "name", "full_name")}),
              ElementsAre("a", "b"));
}

TEST_F(NarrowSyncTest, TheContractKnows) {
  Narrowed({email_});
  EXPECT_EQ(plan::ReadyForm(motions_.Column("a")), plan::SyncForm::kNarrow);
  EXPECT_EQ(plan::FormBefore(motions_.Column("a"), plan::SyncForm::kSettling),
            plan::SyncForm::kNarrow);
}

TEST_F(NarrowSyncTest, NeedsADatabaseThatCan) {
  can_.narrows_triggers = false;
  EXPECT_THAT(Narrowed({email_}), IsEmpty());
}

TEST_F(NarrowSyncTest, LeavesMotionsThatMeetAlone) {
  plan::ColumnMotion reads = MotionOf("b", "name", "full_name");
  reads.up.bindings.push_back({"mail", "mail", "text"});
  EXPECT_THAT(Narrowed({email_, reads, MotionOf("c", "age", "years")}),
              ElementsAre("c"));
}

TEST_F(NarrowSyncTest, MotionsOfOtherTablesDoNotMeet) {
  plan::ColumnMotion other = email_;
  other.name = "b";
  other.table.name = "people";
  EXPECT_THAT(Narrowed({email_, other}), ElementsAre("a"));
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
  plan::ColumnMotion marking = email_;
  marking.marks = true;
  EXPECT_THAT(Narrowed({marking}), IsEmpty());
}

}  // namespace
}  // namespace segue::ops
