#include "planning/plan_operations.h"

#include "ops/rename_column.h"
#include "planning/plan_bed.h"

namespace segue::ops {
namespace {

class PlanOperationsTest : public PlanBed {
 protected:
  static OperationPtr Rename(const std::string& from, int line) {
    RenameColumnSpec spec;
    spec.table = "users";
    spec.from = from;
    spec.to = "renamed_" + from;
    const NewOperation operation = MakeRenameColumn(std::move(spec));
    operation->set_source({"02_x.yaml", line, 3});
    return operation;
  }
};

TEST_F(PlanOperationsTest, EachStepSaysWhichOperationItIsOf) {
  Migration migration("m", "");
  migration.operations = {Rename("email", 2), Rename("age", 4)};
  access_ = Access::kVersioned;
  Plan(migration);
  std::vector<std::string> sources;
  for (const DraftStep& step : steps_) {
    sources.push_back(step.source.ToString());
  }
  // The step of the published version belongs to no operation.
  EXPECT_THAT(sources,
              ::testing::ElementsAre("", "02_x.yaml:2:3", "02_x.yaml:4:3"));
}

TEST_F(PlanOperationsTest, ARefusalSaysWhichOperationItIsOf) {
  Migration migration("m", "");
  migration.operations = {Rename("email", 2), Rename("nope", 4)};
  try {
    Plan(migration);
    FAIL() << "there is no such column";
  } catch (const Error& error) {
    EXPECT_EQ(error.source().ToString(), "02_x.yaml:4:3");
  }
}

TEST_F(PlanOperationsTest, ABuilderNamesNoPlace) {
  Migration migration("m", "");
  migration.RenameColumn("users", "nope", "mail");
  try {
    Plan(migration);
    FAIL() << "there is no such column";
  } catch (const Error& error) {
    EXPECT_FALSE(error.source().known());
  }
}

}  // namespace
}  // namespace segue::ops
