#include "db/plan_trial.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/doubles/fake_connection.h"

namespace segue::db {
namespace {

using testing::ElementsAre;

Step StepOf(Phase phase, Stage stage, const std::string& name) {
  PlannedAction action;
  action.description = name;
  action.forward = {{name, {}}};
  action.undo = {{"undo " + name, {}}};
  Step step;
  step.phase = phase;
  step.stage = stage;
  step.actions = {action};
  return step;
}

std::vector<Step> Steps() {
  return {StepOf(Phase::kExpanding, Stage::kSeal, "expand"),
          StepOf(Phase::kMigrating, Stage::kSeal, "migrate"),
          StepOf(Phase::kContracting, Stage::kSeal, "seal"),
          StepOf(Phase::kContracting, Stage::kDrop, "drop")};
}

class RecordingStage : public TrialStage {
 public:
  explicit RecordingStage(Connection& connection) : connection_(connection) {}
  void Run(const PlannedAction& /*action*/,
           const Statement& statement) override {
    connection_.Execute(statement.sql);
  }
  void Look(State state) override {
    connection_.Execute("look " + std::to_string(static_cast<int>(state)));
  }

 private:
  Connection& connection_;
};

class RunTrialTest : public ::testing::Test {
 protected:
  std::optional<TrialFailure> Run() {
    RecordingStage stage(connection_);
    return RunTrial(connection_, Steps(), stage, [](const Error& error) {
      return error.kind() == ErrorKind::kRefused;
    });
  }

  void FailAt(const std::string& sql, ErrorKind kind) {
    connection_.answer = [sql, kind](std::string_view statement,
                                     const std::vector<Value>&) -> Result {
      if (statement == sql) throw Error(kind, "no");
      return {};
    };
  }

  test::FakeConnection connection_;
};

TEST_F(RunTrialTest, GoesEveryWayThatAPlanCanGo) {
  EXPECT_FALSE(Run().has_value());
  EXPECT_THAT(
      connection_.log,
      ElementsAre("expand", "migrate", "look 0", "SAVEPOINT segue_trial",
                  "undo migrate", "undo expand", "look 1",
                  "ROLLBACK TO SAVEPOINT segue_trial", "seal",
                  "SAVEPOINT segue_trial", "undo seal", "undo migrate",
                  "undo expand", "look 1", "ROLLBACK TO SAVEPOINT segue_trial",
                  "drop", "look 2"));
}

TEST_F(RunTrialTest, NamesTheStepThatFails) {
  FailAt("drop", ErrorKind::kRefused);
  const std::optional<TrialFailure> failure = Run();
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->step, 3U);
  EXPECT_EQ(failure->action, "drop");
  EXPECT_EQ(failure->reason, "no");
}

TEST_F(RunTrialTest, NamesTheUndoThatFails) {
  FailAt("undo expand", ErrorKind::kRefused);
  const std::optional<TrialFailure> failure = Run();
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->step, 0U);
  EXPECT_EQ(failure->action, "the undo of 'expand'");
}

TEST_F(RunTrialTest, ThrowsWhatSaysNothingAboutThePlan) {
  FailAt("seal", ErrorKind::kConnectionLost);
  EXPECT_THROW(Run(), Error);
}

}  // namespace
}  // namespace segue::db
