
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "plan/planned.h"

namespace segue {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

PlannedAction Action(const std::string& forward, const std::string& undo) {
  PlannedAction action;
  action.forward = {{forward, std::nullopt}};
  if (!undo.empty()) action.undo = {{undo, std::nullopt}};
  return action;
}

Step StepOf(Phase phase, std::vector<PlannedAction> actions = {}) {
  Step step;
  step.phase = phase;
  step.description = "a step";
  step.actions = std::move(actions);
  return step;
}

Plan PlanOf(const std::vector<Phase>& phases) {
  Plan plan;
  for (const Phase phase : phases) plan.steps.push_back(StepOf(phase));
  return plan;
}

std::vector<std::string> Messages(const Plan& plan) {
  std::vector<std::string> messages;
  for (const Finding& finding : Validate(plan)) {
    messages.push_back(finding.message);
  }
  return messages;
}

TEST(StepTest, SqlInTheOrderInWhichItRuns) {
  const Step step =
      StepOf(Phase::kExpanding,
             {Action("a", "undo a"), Action("b", ""), Action("c", "undo c")});
  const Plan plan;
  EXPECT_THAT(plan.ForwardSql(step), ElementsAre("a", "b", "c"));
  EXPECT_THAT(plan.RollbackSql(step), ElementsAre("undo c", "undo a"));
}

TEST(StepTest, ForwardSqlShowsWhatIsDoneToARange) {
  Plan plan;
  plan.motions.emplace_back();
  plan.motions[0].name = "m";
  plan.motions[0].fill.emplace().statement.between = "UPDATE between";
  plan.motions[0].verify.emplace_back().statement.between = "SELECT between";
  plan.motions[0].retreat.emplace().statement.between = "TAKE BACK";
  PlannedAction action;
  action.kind = ActionKind::kBackfill;
  action.motion = "m";
  const auto forward = [&](ActionKind kind) {
    action.kind = kind;
    return plan.ForwardSql(StepOf(Phase::kMigrating, {action}));
  };
  EXPECT_THAT(forward(ActionKind::kBackfill), ElementsAre("UPDATE between"));
  EXPECT_THAT(forward(ActionKind::kVerify), ElementsAre("SELECT between"));
  EXPECT_THAT(forward(ActionKind::kRetreat), IsEmpty());
  EXPECT_THAT(plan.RollbackSql(StepOf(Phase::kMigrating, {action})),
              ElementsAre("TAKE BACK"));
}

TEST(StepTest, IsReversibleWhenAllItsActionsAre) {
  EXPECT_TRUE(StepOf(Phase::kMigrating).reversible());
  Step step = StepOf(Phase::kContracting, {Action("a", ""), Action("b", "")});
  EXPECT_TRUE(step.reversible());
  step.actions[1].reversible = false;
  EXPECT_FALSE(step.reversible());
}

TEST(StepTest, NamesItsStrongestLock) {
  Step step = StepOf(Phase::kExpanding,
                     {Action("a", ""), Action("b", ""), Action("c", "")});
  EXPECT_EQ(step.lock(), nullptr);
  step.actions[1].lock.mode = "everybody";
  step.actions[1].lock.strength = 2;
  step.actions[2].lock.mode = "writers";
  step.actions[2].lock.strength = 1;
  ASSERT_NE(step.lock(), nullptr);
  EXPECT_EQ(step.lock()->mode, "everybody");
  step.actions[1].lock.strength = 0;
  EXPECT_EQ(step.lock()->mode, "writers");
}

TEST(PlanTest, ProgressCountsStepsThatStand) {
  Plan plan = PlanOf({});
  EXPECT_EQ(plan.progress_pct(), 0);
  plan = PlanOf({Phase::kExpanding, Phase::kMigrating, Phase::kMigrating,
                 Phase::kContracting});
  EXPECT_EQ(plan.progress_pct(), 0);
  plan.steps[0].executed = true;
  plan.steps[1].executed = true;
  EXPECT_EQ(plan.progress_pct(), 50);
  plan.steps[1].rolled_back = true;
  EXPECT_EQ(plan.progress_pct(), 25);
}

TEST(PlanTest, HasPhase) {
  const Plan plan = PlanOf({Phase::kExpanding});
  EXPECT_TRUE(plan.has_phase(Phase::kExpanding));
  EXPECT_FALSE(plan.has_phase(Phase::kContracting));
}

TEST(ValidateTest, AGoodPlanHasNoFindings) {
  EXPECT_THAT(Messages(PlanOf(
                  {Phase::kExpanding, Phase::kMigrating, Phase::kContracting})),
              IsEmpty());
  EXPECT_THAT(Messages(PlanOf(std::vector(10, Phase::kExpanding))), IsEmpty());
}

TEST(ValidateTest, AnEmptyPlanIsAnError) {
  EXPECT_THAT(Messages(PlanOf({})), ElementsAre("Migration plan has no steps"));
  EXPECT_EQ(Validate(PlanOf({}))[0].severity, Finding::Severity::kError);
}

TEST(ValidateTest, AFindingSaysWhatItIsWhyAndWhere) {
  Plan plan = PlanOf({Phase::kContracting});
  plan.steps[0].source = {"02_x.yaml", 4, 3};
  const std::vector<Finding> findings = Validate(plan);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].id, "contract-without-expand");
  EXPECT_EQ(findings[0].source.ToString(), "02_x.yaml:4:3");
  for (const Plan& other :
       {PlanOf({}), PlanOf(std::vector(11, Phase::kExpanding)),
        PlanOf({Phase::kMigrating, Phase::kExpanding})}) {
    for (const Finding& finding : Validate(other)) {
      EXPECT_NE(finding.id, "");
      EXPECT_NE(finding.why, "");
      EXPECT_NE(finding.safe_way, "");
    }
  }
}

TEST(ValidateTest, AllFindingsAreReturnedInAFixedOrder) {
  std::vector<Phase> phases(11, Phase::kContracting);
  phases.back() = Phase::kMigrating;
  EXPECT_THAT(
      Messages(PlanOf(phases)),
      ElementsAre("Contracting without expanding -- data loss risk",
                  "Steps out of phase order (EXPANDING before MIGRATING before "
                  "CONTRACTING)",
                  "Migration has many steps -- consider splitting"));
}

}  // namespace
}  // namespace segue
