#include "ops/split_rows.h"

#include "planning/plan_bed.h"

namespace segue::ops {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsSupersetOf;
using ::testing::Not;

class SplitRowsTest : public PlanBed {
 protected:
  SplitRowsTest() {
    access_ = Access::kVersioned;
    answers_["age < 18"].is_immutable = true;
    answers_["age >= 18"].is_immutable = true;
  }

  static Migration Split(const std::string& last = "") {
    return Migration("m", "").SplitRows(
        "users", {{"minors", "age < 18"}, {"adults", last}});
  }
};

TEST_F(SplitRowsTest, EachTableIsAViewUntilTheContract) {
  EXPECT_THAT(
      Plan(Split()),
      IsSupersetOf({"  CREATE SYNC m_1 ON users (-> _segue_new_minors)",
                    "  CREATE SYNC m_2 ON users (-> _segue_new_adults)",
                    "  FILL m_1", "  FILL m_2", "  VERIFY m_1", "  VERIFY m_2",
                    "  DIVIDE users INTO minors, adults",
                    "  DROP TABLE users"}));
  EXPECT_EQ(shape_.FindTable("users"), nullptr);
  EXPECT_EQ(shape_.FindTable("adults")->part_where, "(age < 18) IS NOT TRUE");
  EXPECT_EQ(shape_.FindTable("minors")->part_where, "(age < 18)");
}

// All of it happens at once, and the views come first.
TEST_F(SplitRowsTest, TheContractIsOneTransaction) {
  Plan(Split());
  const DraftStep& contract = steps_.back();
  ASSERT_TRUE(std::holds_alternative<plan::RepointViews>(contract.actions[0]));
  EXPECT_TRUE(std::holds_alternative<plan::DivideTable>(contract.actions[1]));
  ASSERT_EQ(contract.atomic.size(), 1U);
  EXPECT_EQ(contract.atomic[0].begin, 0U);
  EXPECT_EQ(contract.atomic[0].end, contract.actions.size());
}

// The last condition may leave rows out, which nobody must lose.
TEST_F(SplitRowsTest, RowsWithoutATableKeepTheContractWaiting) {
  EXPECT_THAT(Plan(Split()), Not(Contains(HasSubstr("_segue_rest_users"))));
  EXPECT_THAT(Plan(Split("age >= 18")),
              IsSupersetOf({"  CREATE SYNC m_3 ON users (-> _segue_rest_users)",
                            "  FILL m_3", "  VERIFY m_3"}));
  const plan::TableMotion* rest = motions_.Copy("m_3");
  ASSERT_NE(rest, nullptr);
  EXPECT_TRUE(rest->must_be_empty);
  EXPECT_EQ(rest->where.sql,
            "(age < 18) IS NOT TRUE AND (age >= 18) IS NOT TRUE");
}

TEST_F(SplitRowsTest, IsRefusedInPlaceAndWithAnUndoWindow) {
  undoable_ = true;
  EXPECT_THAT(Refusal(Split()), HasSubstr("undo_window"));
  undoable_ = false;
  access_ = Access::kInPlace;
  EXPECT_THAT(Refusal(Split()), HasSubstr("in place nobody sees"));
}

TEST_F(SplitRowsTest, RefusesAConditionThatMayChangeByItself) {
  answers_["age < 18"].is_immutable = false;
  EXPECT_THAT(Refusal(Split()),
              HasSubstr("'where' of 'minors' may give another value"));
}

TEST_F(SplitRowsTest, IsAloneOnItsTables) {
  EXPECT_THAT(Refusal(Split().Sql("SELECT 1", "SELECT 1")),
              HasSubstr("in the same migration"));
  EXPECT_THAT(Refusal(Split().AddColumn("adults", Spec("nick"))), Not(""));
  EXPECT_THAT(Refusal(Split().AddColumn("users", Spec("nick"))), Not(""));
}

}  // namespace
}  // namespace segue::ops
