#include "planner/render_steps.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "planner/planner.h"
#include "segue/error.h"
#include "segue/migration.h"
#include "tests/doubles/fake_dialect.h"

namespace segue::engine {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const schema::TableName kUsers{"public", "users"};

plan::Action Rename(const std::string& from, const std::string& to) {
  return plan::RenameColumn{kUsers, from, to};
}

plan::Action Index(const std::string& name) {
  schema::Index index;
  index.name = name;
  return plan::CreateIndex{kUsers, index};
}

// A database whose DDL commits implicitly, as MariaDB's does.
db::Capabilities WithoutTransactions() {
  db::Capabilities can = test::FakeDialect::Capable();
  can.name = "Fake";
  can.transactional_ddl = false;
  return can;
}

// A database whose DDL commits implicitly, but which makes several changes of
// one table in one statement.
class FusingDialect : public test::FakeDialect {
 public:
  FusingDialect() : test::FakeDialect(WithoutTransactions()) {}

  std::vector<PlannedAction> RenderStep(
      const std::vector<plan::Action>& actions,
      const db::RenderContext& context) const override {
    std::vector<PlannedAction> parts =
        test::FakeDialect::RenderStep(actions, context);
    PlannedAction fused = parts.at(0);
    for (std::size_t i = 1; i < parts.size(); ++i) {
      fused.forward[0].sql += ", " + parts[i].forward.at(0).sql;
    }
    fused.transactional = false;
    return {fused};
  }
};

Step Rendered(const db::Language& language, const ops::DraftStep& draft) {
  const schema::Schema schema;
  return RenderStep(language, draft, {schema, std::chrono::milliseconds(1)});
}

std::vector<int> Units(const Step& step) {
  std::vector<int> units;
  for (const PlannedAction& action : step.actions) {
    units.push_back(action.unit);
  }
  return units;
}

ops::DraftStep Draft(std::vector<plan::Action> actions,
                     std::vector<ops::AtomicRun> atomic = {}) {
  return {ops::kDrop, "Change users", std::move(actions), {}, {}, atomic};
}

std::string Refusal(const db::Language& language, const ops::DraftStep& draft) {
  try {
    Rendered(language, draft);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kRefused);
    return error.what();
  }
  return "";
}

TEST(RenderStepTest, NeighboursShareATransactionWhereTheyFitIntoOne) {
  const test::FakeDialect dialect;
  EXPECT_THAT(Units(Rendered(dialect, Draft({Rename("a", "b"), Rename("c", "d"),
                                             Index("i"), Rename("e", "f")}))),
              ElementsAre(1, 1, 2, 3));
}

TEST(RenderStepTest, EachIsAUnitWhereDdlCommitsByItself) {
  const test::FakeDialect dialect(WithoutTransactions());
  EXPECT_THAT(
      Units(Rendered(dialect, Draft({Rename("a", "b"), Rename("c", "d")}))),
      ElementsAre(1, 2));
}

TEST(RenderStepTest, WhatMustTakeEffectTogetherIsRefusedThere) {
  const test::FakeDialect dialect(WithoutTransactions());
  const std::string refusal = Refusal(
      dialect,
      Draft({Index("i"), Rename("a", "b"), Rename("c", "d")}, {{1, 3}}));
  EXPECT_THAT(refusal, HasSubstr("'Change users': Fake cannot make these take "
                                 "effect together"));
  EXPECT_THAT(refusal, HasSubstr("RENAME COLUMN users.a TO b; RENAME COLUMN "
                                 "users.c TO d"));
  EXPECT_THAT(refusal, testing::Not(HasSubstr("INDEX")));
}

TEST(RenderStepTest, AnActionThatRunsAloneIsNoPartOfAMarkedRun) {
  const test::FakeDialect dialect;
  EXPECT_THAT(Refusal(dialect, Draft({Rename("a", "b"), Index("i")}, {{0, 2}})),
              HasSubstr("cannot make these take effect together"));
  EXPECT_EQ(
      Refusal(dialect, Draft({Rename("a", "b"), Rename("c", "d")}, {{0, 2}})),
      "");
}

TEST(RenderStepTest, ADialectMayMakeOneActionOfThem) {
  const FusingDialect dialect;
  const Step step = Rendered(
      dialect,
      Draft({Index("i"), Rename("a", "b"), Rename("c", "d")}, {{1, 3}}));
  ASSERT_EQ(step.actions.size(), 2U);
  EXPECT_EQ(step.actions[1].forward.at(0).sql,
            "RENAME COLUMN users.a TO b, RENAME COLUMN users.c TO d");
  EXPECT_THAT(Units(step), ElementsAre(1, 2));
}

// Plans whole migrations: a database without transactional DDL refuses exactly
// the actions that the operations mark.
class WholePlanTest : public ::testing::Test {
 protected:
  WholePlanTest() {
    schema::Table users;
    users.name = kUsers;
    for (const char* name : {"id", "email"}) {
      schema::Column column;
      column.name = name;
      column.type = "text";
      users.columns.push_back(column);
    }
    schema_.name = "public";
    schema_.tables = {users};
  }

  Plan Planned(const db::Language& language, const Migration& migration) {
    return MakePlanOffline(language, schema_, {migration, "public"}).plan;
  }

  const Migration rename_ =
      Migration("m", "").RenameColumn("users", "email", "mail");
  schema::Schema schema_;
};

TEST_F(WholePlanTest, ARenameInPlaceNeedsTransactionsOrOneStatement) {
  const test::FakeDialect separate(WithoutTransactions());
  try {
    Planned(separate, rename_);
    ADD_FAILURE() << "was not refused";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kRefused);
    EXPECT_THAT(error.what(), HasSubstr("take effect together"));
  }
  const Plan fused = Planned(FusingDialect(), rename_);
  EXPECT_TRUE(fused.has_phase(Phase::kContracting));
}

TEST_F(WholePlanTest, WhatIsOneActionNeedsNoTransaction) {
  const test::FakeDialect separate(WithoutTransactions());
  EXPECT_FALSE(Planned(separate, Migration("m", "").AddColumn("users", {"age"}))
                   .steps.empty());
  EXPECT_FALSE(
      Planned(separate, Migration("m", "").DropTable("users")).steps.empty());
}

}  // namespace
}  // namespace segue::engine
