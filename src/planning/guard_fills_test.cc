#include "planning/guard_fills.h"

#include "planning/plan_bed.h"

namespace segue::ops {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class GuardFillsTest : public ::testing::Test {
 protected:
  GuardFillsTest() {
    live_.name = "public";
    live_.tables = {MakeUsers()};
  }

  void HaveTrigger(bool changes_rows) {
    schema::Trigger trigger;
    trigger.name = "stamp";
    trigger.changes_rows = changes_rows;
    live_.tables[0].triggers.push_back(trigger);
  }

  // Returns the kinds of the actions of two steps, of which each fills and
  // verifies one motion.
  std::vector<std::string> Actions(UserTriggers mode) {
    const test::FakeDialect dialect(test::FakeDialect::Capable());
    Inquiry inquiry([this](const db::Question&) { return answer_; });
    PlanContext context{dialect, Access::kInPlace, "m", "", inquiry, live_};
    context.user_triggers = mode;
    for (const std::string name : {"a", "b"}) {
      plan::ColumnMotion motion;
      motion.name = name;
      motion.table = {"public", "users"};
      motion.new_column = MakeColumn("new_" + name, "text");
      motion.provenance = "d_" + name;
      context.motions.Add(motion);
      context.steps.push_back(
          {Phase::kMigrating,
           name,
           {plan::Backfill{{name}}, plan::Verify{name}, plan::RawSql{}},
           {}});
    }
    GuardFills(context, live_);
    std::vector<std::string> actions;
    for (const DraftStep& step : context.steps) {
      for (const plan::Action& action : step.actions) {
        actions.push_back(Word(action));
      }
    }
    return actions;
  }

  std::string Word(const plan::Action& action) {
    if (std::holds_alternative<plan::Backfill>(action)) return "fill";
    if (std::holds_alternative<plan::Verify>(action)) return "verify";
    if (std::holds_alternative<plan::UnguardFill>(action)) return "unguard";
    const auto* guard = std::get_if<plan::GuardFill>(&action);
    if (guard == nullptr) return "other";
    guard_ = *guard;
    return "guard";
  }

  schema::Schema live_;
  db::Answer answer_;
  plan::GuardFill guard_;
};

TEST_F(GuardFillsTest, LastsFromTheFirstFillToTheLastVerification) {
  HaveTrigger(true);
  EXPECT_THAT(Actions(UserTriggers::kFire),
              ElementsAre("guard", "fill", "verify", "other", "fill", "verify",
                          "unguard", "other"));
  EXPECT_THAT(guard_.columns, ElementsAre("new_a", "d_a", "new_b", "d_b"));
  EXPECT_THAT(guard_.provenances, ElementsAre("d_a", "d_b"));
  EXPECT_THAT(guard_.held, IsEmpty());
}

TEST_F(GuardFillsTest, NeedsATriggerThatChangesRows) {
  HaveTrigger(false);
  EXPECT_THAT(
      Actions(UserTriggers::kFire),
      ElementsAre("fill", "verify", "other", "fill", "verify", "other"));
}

TEST_F(GuardFillsTest, HoldsWhatTheServerCanReplace) {
  HaveTrigger(false);
  EXPECT_THAT(Actions(UserTriggers::kSkip)[0], "fill");
  answer_.held = {{"stamp", "", "", ""}};
  EXPECT_THAT(Actions(UserTriggers::kSkip)[0], "guard");
  EXPECT_EQ(guard_.held.size(), 1U);
  answer_.names = {"'other': it cannot be replaced"};
  EXPECT_THROW(Actions(UserTriggers::kSkip), Error);
}

}  // namespace
}  // namespace segue::ops
