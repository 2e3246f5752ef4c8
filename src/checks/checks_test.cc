// What each check finds, and that a finding says everything it has to.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "checks/check.h"

namespace segue::checks {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class ChecksTest : public ::testing::Test {
 protected:
  ChecksTest() {
    schema::Table users;
    users.name = {"public", "users"};
    schema_.tables = {users};
    plan::ColumnMotion motion;
    motion.name = "02_x_1";
    motion.table = users.name;
    motions_.Add(motion);
    steps_ = {{Phase::kExpanding,
               "Add",
               {plan::AddColumn{users.name, {}}},
               {},
               {},
               {},
               {"02_x.yaml", 2, 3}},
              {Phase::kMigrating,
               "Fill",
               {plan::Backfill{{motion.name}}},
               {},
               {},
               {},
               {"02_x.yaml", 4, 3}}};
  }

  // Returns "<id> at <source>" for each finding, and fails when a finding lacks
  // a text.
  std::vector<std::string> Found() {
    std::vector<std::string> found;
    ops::Inquiry inquiry([this](const db::Question& question) {
      db::Answer answer;
      answer.names = std::holds_alternative<db::UnknownFactsQuestion>(question)
                         ? unknown_
                         : broken_;
      return answer;
    });
    for (const Finding& finding :
         RunAll({schema_, steps_, motions_, {}, inquiry})) {
      EXPECT_NE(finding.message, "");
      EXPECT_NE(finding.why, "");
      EXPECT_NE(finding.safe_way, "");
      found.push_back(finding.id + " at " + finding.source.ToString());
    }
    return found;
  }

  schema::Schema schema_;
  plan::Motions motions_;
  std::vector<ops::DraftStep> steps_;
  std::vector<std::string> broken_;   // the answer about rows
  std::vector<std::string> unknown_;  // the answer about the catalogue
};

TEST_F(ChecksTest, NothingToSay) { EXPECT_THAT(Found(), IsEmpty()); }

TEST_F(ChecksTest, ATableOfAnotherIsNamedAtTheFirstOperation) {
  schema_.tables[0].owned_by_session = false;
  EXPECT_THAT(Found(), ElementsAre("table-not-owned at 02_x.yaml:2:3"));
}

TEST_F(ChecksTest, WhatIsNotKnownOfATableIsNamedAtTheFirstOperation) {
  unknown_ = {"pg_new"};
  EXPECT_THAT(Found(), ElementsAre("catalogue-not-known at 02_x.yaml:2:3"));
}

TEST_F(ChecksTest, WhatConcernsRowsIsNamedWhereTheyMove) {
  schema_.tables[0].row_security_hides = true;
  schema_.tables[0].triggers = {{"audit", ""}};
  EXPECT_THAT(Found(), ElementsAre("row-security-hides-rows at 02_x.yaml:4:3",
                                   "user-triggers-fire at 02_x.yaml:4:3"));
  steps_.pop_back();
  EXPECT_THAT(Found(), IsEmpty());
}

TEST_F(ChecksTest, ASubscriptionThatWritesIsNamedWhereColumnsChange) {
  schema_.tables[0].subscriptions = {"s"};
  EXPECT_THAT(Found(), ElementsAre("table-is-subscribed at 02_x.yaml:2:3"));
  steps_.erase(steps_.begin());
  EXPECT_THAT(Found(), IsEmpty());
}

// A trigger that is held back does not fire, and its function goes on seeing
// what it sees.
TEST_F(ChecksTest, WhatTriggerFunctionsDoWithRowsIsTold) {
  schema::Trigger trigger{"audit", ""};
  trigger.passes_rows = true;
  trigger.builds_sql = true;
  schema_.tables[0].triggers = {trigger};
  plan::GuardFill guard{schema_.tables[0].name, "02_x_1"};
  guard.held = {{"audit", "", "", ""}};
  steps_[1].actions.insert(steps_[1].actions.begin(), guard);
  EXPECT_THAT(Found(), ElementsAre("trigger-passes-rows at 02_x.yaml:4:3",
                                   "trigger-builds-sql at 02_x.yaml:2:3"));
}

// The server is asked only about tables that have such a constraint.
TEST_F(ChecksTest, RowsThatBreakAConstraintAreNamedWhereTheyMove) {
  broken_ = {"'positive' (2 rows)"};
  EXPECT_THAT(Found(), IsEmpty());
  schema_.tables[0].unproven = {"'positive'"};
  EXPECT_THAT(Found(), ElementsAre("rows-break-constraint at 02_x.yaml:4:3"));
  broken_.clear();
  EXPECT_THAT(Found(), IsEmpty());
}

}  // namespace
}  // namespace segue::checks
