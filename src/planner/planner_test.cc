#include "planner/planner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "planning/plan_bed.h"
#include "segue/error.h"
#include "segue/migration.h"
#include "tests/doubles/fake_connection.h"
#include "tests/doubles/fake_dialect.h"

namespace segue::engine {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

// What hinders a drop of users while version "public_01" is published; empty:
// nothing.
std::string Hindrance(const schema::Dependent& dependent) {
  schema::Table users;
  users.name = {"public", "users"};
  users.dependents = {dependent};
  schema::Schema schema;
  schema.name = "public";
  schema.tables = {users};
  const Migration migration = Migration("02_drop", "").DropTable("users");
  PlannerInput input{migration, "public", Access::kVersioned};
  input.live_versions = {"public_01"};
  try {
    MakePlanOffline(test::FakeDialect(), schema, input);
    return "";
  } catch (const Error& error) {
    return error.what();
  }
}

TEST(PlannerTest, ViewsOfPublishedVersionsHinderNothing) {
  EXPECT_EQ(Hindrance({"view", "public_01", "", "users", "id"}), "");
  EXPECT_THAT(Hindrance({"view", "public", "", "v", "id"}),
              HasSubstr("view 'public.v' depends on it"));
}

TEST(PlannerTest, WhatIsOnlyCalledAsAVersionIsNoneOfIts) {
  EXPECT_THAT(Hindrance({"foreign key", "", "public_01", "fk", "id"}),
              HasSubstr("foreign key 'public_01.fk' depends on it"));
  EXPECT_THAT(Hindrance({"view", "public_01.x", "", "v", "id"}),
              HasSubstr("view 'public_01.x.v' depends on it"));
}

class PlannerPlanTest : public ::testing::Test {
 protected:
  PlannerPlanTest() {
    schema_.name = "public";
    schema_.tables = {ops::MakeUsers()};
  }

  // What is planned beside a server, which `dialect_` is.
  Planned Make(const Migration& migration) {
    dialect_.SetSchema(schema_);
    input_.emplace(Input(migration));
    return MakePlan(dialect_, connection_, *input_);
  }
  PlannerInput Input(const Migration& migration) const {
    PlannerInput input{migration, "public", access_};
    input.on_transform_error = on_transform_error_;
    input.live_versions = live_versions_;
    return input;
  }
  std::string Refusal(const Migration& migration) {
    try {
      Make(migration);
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kRefused) << error.what();
      return error.what();
    }
    return "";
  }
  // "PHASE stage", of each step.
  static std::vector<std::string> Places(const Plan& plan) {
    std::vector<std::string> places;
    for (const Step& step : plan.steps) {
      std::string place(ToString(step.phase));
      if (step.phase == Phase::kContracting) {
        place += " " + std::string(ToString(step.stage));
      }
      places.push_back(place);
    }
    return places;
  }
  static std::vector<std::string> Forward(const Plan& plan) {
    std::vector<std::string> all;
    for (const Step& step : plan.steps) {
      for (const PlannedAction& action : step.actions) {
        for (const Statement& statement : action.forward) {
          all.push_back(statement.sql);
        }
      }
    }
    return all;
  }
  static Migration Rename() {
    return Migration("02_rename", "a title")
        .RenameColumn("users", "email", "mail");
  }

  test::FakeDialect dialect_;
  test::FakeConnection connection_;
  schema::Schema schema_;
  Access access_ = Access::kInPlace;
  OnTransformError on_transform_error_ = OnTransformError::kRefuse;
  std::vector<std::string> live_versions_;
  std::optional<PlannerInput> input_;
};

TEST_F(PlannerPlanTest, APlanSaysWhatItIsOf) {
  const Plan plan = Make(Rename()).plan;
  EXPECT_EQ(plan.id, "02_rename");
  EXPECT_EQ(plan.title, "a title");
  EXPECT_EQ(plan.version, "02_rename");
  EXPECT_EQ(plan.version_schema, "");
  EXPECT_EQ(plan.access, Access::kInPlace);
}

TEST_F(PlannerPlanTest, PhasesAndStagesComeInTheirOrder) {
  const Migration migration = Migration("02", "")
                                  .DropIndex("users_email_idx")
                                  .RenameColumn("users", "name", "label")
                                  .CreateTable("notes", {ops::Spec("text")});
  const Plan plan = Make(migration).plan;
  auto places = Places(plan);
  EXPECT_THAT(places, Contains("EXPANDING"));
  EXPECT_THAT(places, Contains("CONTRACTING seal"));
  EXPECT_THAT(places, Contains("CONTRACTING drop"));
  const std::vector<std::string> order = {
      "EXPANDING", "MIGRATING", "CONTRACTING seal", "CONTRACTING drop"};
  EXPECT_TRUE(std::is_sorted(places.begin(), places.end(),
                             [&](const auto& a, const auto& b) {
                               return std::find(order.begin(), order.end(), a) <
                                      std::find(order.begin(), order.end(), b);
                             }));
  EXPECT_THAT(Validate(plan), IsEmpty());
}

TEST_F(PlannerPlanTest, EachActionThatWalksHasItsMotion) {
  const Plan plan = Make(Rename()).plan;
  int walks = 0;
  for (const Step& step : plan.steps) {
    for (const PlannedAction& action : step.actions) {
      if (action.motion.empty()) continue;
      ++walks;
      EXPECT_NO_THROW(plan.MotionNamed(action.motion));
    }
  }
  EXPECT_GE(walks, 3);  // fill, verify, settle
}

TEST_F(PlannerPlanTest, FillsThatShareAWalkHaveTheirsAndTheirOwn) {
  const Plan plan = Make(Migration("02", "")
                             .RenameColumn("users", "email", "mail")
                             .RenameColumn("users", "name", "label"))
                        .plan;
  ASSERT_EQ(plan.motions.size(), 3U);
  EXPECT_EQ(plan.motions[2].parts.size(), 2U);
}

TEST_F(PlannerPlanTest, AVersionIsPublishedLastAndTheEarlierRetiredFirst) {
  access_ = Access::kVersioned;
  live_versions_ = {"public_01"};
  const Migration migration =
      Migration("02_drop", "").DropColumn("users", "email");
  const Plan plan = Make(migration).plan;
  EXPECT_EQ(plan.version_schema, "public_02_drop");
  EXPECT_EQ(plan.notes, dialect_.capabilities().versioned_notes);
  const auto sql = Forward(plan);
  const auto at = [&](const std::string& begin) {
    return std::find_if(
               sql.begin(), sql.end(),
               [&](const std::string& one) { return one.starts_with(begin); }) -
           sql.begin();
  };
  EXPECT_LT(at("PUBLISH public_02_drop"), at("RETIRE public_01"));
  EXPECT_LT(at("RETIRE public_01"), at("DROP COLUMN users.email"));
  EXPECT_LT(at("DROP COLUMN users.email"),
            static_cast<std::ptrdiff_t>(sql.size()));
}

TEST_F(PlannerPlanTest, AVersionMayHaveANameOfItsOwn) {
  access_ = Access::kVersioned;
  Migration migration = Rename();
  migration.version = "v2";
  const Plan plan = Make(migration).plan;
  EXPECT_EQ(plan.version, "v2");
  EXPECT_EQ(plan.version_schema, "public_v2");
}

TEST_F(PlannerPlanTest, AccessThatClientsWouldNotSeeIsRefused) {
  live_versions_ = {"public_00", "public_01"};
  EXPECT_THAT(Refusal(Rename()), HasSubstr("'public_01'"));
  dialect_.mutable_capabilities().versioned_access = false;
  access_ = Access::kVersioned;
  EXPECT_THAT(Refusal(Rename()), HasSubstr("no versioned access"));
}

TEST_F(PlannerPlanTest, VersionedAccessHasToStandInTheFile) {
  access_ = Access::kVersioned;
  Migration migration = Rename();
  migration.access_from_outside = true;
  EXPECT_EQ(Refusal(migration), "");
  // The case is sqlite-versioned_orm_writes.
  dialect_.mutable_capabilities().versioned_breaks = "drivers notice";
  EXPECT_THAT(Refusal(migration), HasSubstr("in the migration file itself"));
  migration.access_from_outside = false;
  EXPECT_EQ(Refusal(migration), "");
}

// The case is sec-versioned-lock-table.
TEST_F(PlannerPlanTest, AVersionThatWouldUseUpTheLocksIsRefused) {
  const auto tables = static_cast<std::int64_t>(schema_.tables.size());
  schema_.lock_slots = 6 * tables - 1;
  EXPECT_EQ(Refusal(Rename()), "");
  access_ = Access::kVersioned;
  EXPECT_THAT(Refusal(Rename()), HasSubstr("locks that all sessions"));
  schema_.lock_slots = 6 * tables;
  EXPECT_EQ(Refusal(Rename()), "");
}

TEST_F(PlannerPlanTest, MarkingNeedsTriggersThatGoOn) {
  on_transform_error_ = OnTransformError::kMark;
  EXPECT_EQ(Refusal(Rename()), "");
  dialect_.mutable_capabilities().marks_transform_errors = false;
  EXPECT_THAT(Refusal(Rename()), HasSubstr("on_transform_error: mark"));
}

TEST_F(PlannerPlanTest, ARefusedPlanHasItsFindingsAndNoSteps) {
  schema_.tables[0].owned_by_session = false;
  const Planned planned =
      Make(Migration("02", "").AddColumn("users", ops::Spec("more")));
  ASSERT_FALSE(planned.findings.empty());
  EXPECT_THAT(planned.plan.steps, IsEmpty());
}

TEST_F(PlannerPlanTest, TheHistoryMeasuresTablesAndIndexesThatChange) {
  const Plan plan = Make(Migration("02", "")
                             .DropIndex("users_email_idx")
                             .RenameColumn("users", "name", "label"))
                        .plan;
  ASSERT_EQ(plan.gauges.size(), 1U);
  EXPECT_EQ(plan.gauges[0].table, "users");
  ASSERT_EQ(plan.gauges[0].indexes.size(), 1U);
  EXPECT_EQ(plan.gauges[0].indexes[0].name, "users_email_idx");
}

TEST_F(PlannerPlanTest, ATableThatIsNewIsNotMeasured) {
  const Plan plan =
      Make(Migration("02", "")
               .CreateTable("notes", {ops::Spec("text")})
               .CreateIndex({"notes_text_idx", "notes", {"text"}}))
          .plan;
  EXPECT_THAT(plan.gauges, IsEmpty());
}

TEST_F(PlannerPlanTest, ColumnsThatShowUpInPlaceAreNoted) {
  dialect_.mutable_capabilities().in_place_notes = {"it shows up"};
  EXPECT_THAT(Make(Rename()).plan.notes, ElementsAre("it shows up"));
  EXPECT_THAT(Make(Migration("02", "").DropIndex("users_email_idx")).plan.notes,
              IsEmpty());
}

TEST_F(PlannerPlanTest, WithoutAServerThePlanSaysWhatWasNotChecked) {
  ColumnSpec spec = ops::Spec("made");
  spec.default_sql = "now()";
  const Migration migration = Migration("02", "").AddColumn("users", spec);
  EXPECT_THAT(Make(migration).plan.notes,
              Not(Contains(HasSubstr("not checked"))));
  const Plan offline =
      MakePlanOffline(dialect_, schema_, Input(migration)).plan;
  EXPECT_THAT(offline.notes,
              Contains(HasSubstr("not checked with a server: default now()")));
}

TEST_F(PlannerPlanTest, APlanIsMadeWithoutAWordToTheServerButQuestions) {
  Make(Rename());
  EXPECT_THAT(connection_.log, IsEmpty());
}

// What the dialect estimates for one motion of users.
class Estimating : public test::FakeDialect {
 public:
  std::vector<MotionEstimate> Estimate(
      db::Connection& /*connection*/, const plan::Motion& motion,
      const schema::Table& table) const override {
    const auto& column = std::get<plan::ColumnMotion>(motion);
    MotionEstimate estimate;
    estimate.table = table.name.name;
    estimate.seconds = column.old_column->name == "name" ? 7 : 3;
    estimate.disk_bytes = column.old_column->name == "name" ? 10 : 30;
    return {estimate};
  }
};

TEST(PlannerEstimateTest, OfMotionsThatShareAWalkTheCostliestCounts) {
  Estimating dialect;
  test::FakeConnection connection;
  schema::Schema schema;
  schema.name = "public";
  schema.tables = {ops::MakeUsers()};
  dialect.SetSchema(schema);
  const Migration migration = Migration("02", "")
                                  .RenameColumn("users", "email", "mail")
                                  .RenameColumn("users", "name", "label");
  const Plan plan = MakePlan(dialect, connection, {migration, "public"}).plan;
  ASSERT_EQ(plan.estimates.size(), 1U);
  EXPECT_EQ(plan.estimates[0].seconds, 7);
  EXPECT_EQ(plan.estimates[0].disk_bytes, 30);
}

}  // namespace
}  // namespace segue::engine
