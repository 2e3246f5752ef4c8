#include "db/plan_trial.h"

#include <cstddef>

#include "segue/error.h"

namespace segue::db {
namespace {

constexpr const char* kSave = "SAVEPOINT segue_trial";
constexpr const char* kRestore = "ROLLBACK TO SAVEPOINT segue_trial";

bool IsSchemaAction(const PlannedAction& action) {
  return action.kind == ActionKind::kSchema;
}

class Tour {
 public:
  Tour(Connection& connection, const std::vector<Step>& steps,
       TrialStage& stage)
      : connection_(connection), steps_(steps), stage_(stage) {}

  // Marks what is being done, for the report of a failure.
  const TrialFailure& place() const { return place_; }

  void Run() {
    Forward([](const Step& step) { return step.phase != Phase::kContracting; });
    Look(TrialStage::State::kReady, "what both versions do afterwards");
    ThereAndBack();
    Forward([](const Step& step) { return IsSeal(step); });
    if (sealed_) ThereAndBack();
    Forward([](const Step& step) {
      return step.phase == Phase::kContracting && step.stage == Stage::kDrop;
    });
    Look(TrialStage::State::kComplete, "what the new version does afterwards");
  }

 private:
  static bool IsSeal(const Step& step) {
    return step.phase == Phase::kContracting && step.stage == Stage::kSeal;
  }

  void At(std::size_t step, const std::string& action) {
    place_.step = step;
    place_.action = action;
  }

  void Look(TrialStage::State state, const char* what) {
    place_.action = what;
    stage_.Look(state);
  }

  void RunAll(const PlannedAction& action,
              const std::vector<Statement>& statements) {
    for (const Statement& statement : statements) {
      place_.sql = statement.sql;
      stage_.Run(action, statement);
    }
    place_.sql.clear();
  }

  template <typename Wanted>
  void Forward(Wanted wanted) {
    for (std::size_t i = 0; i < steps_.size(); ++i) {
      if (!wanted(steps_[i])) continue;
      sealed_ = sealed_ || IsSeal(steps_[i]);
      done_.push_back(i);
      for (const PlannedAction& action : steps_[i].actions) {
        At(i, action.description);
        if (IsSchemaAction(action)) {
          RunAll(action, action.forward);
        } else {
          stage_.Walk(action);
        }
      }
    }
  }

  // Undoes everything that was done, and goes back to before that.
  void ThereAndBack() {
    connection_.Execute(kSave);
    for (auto step = done_.rbegin(); step != done_.rend(); ++step) {
      const auto& actions = steps_[*step].actions;
      for (auto action = actions.rbegin(); action != actions.rend(); ++action) {
        At(*step, "the undo of '" + action->description + "'");
        RunAll(*action, action->undo);
      }
    }
    Look(TrialStage::State::kRolledBack,
         "what the application does afterwards");
    connection_.Execute(kRestore);
    stage_.Restored();
  }

  Connection& connection_;
  const std::vector<Step>& steps_;
  TrialStage& stage_;
  std::vector<std::size_t> done_;
  bool sealed_ = false;
  TrialFailure place_;
};

}  // namespace

std::optional<TrialFailure> RunTrial(
    Connection& connection, const std::vector<Step>& steps, TrialStage& stage,
    const std::function<bool(const Error&)>& about_plan) {
  Tour tour(connection, steps, stage);
  try {
    tour.Run();
    return std::nullopt;
  } catch (const Error& error) {
    if (!about_plan(error)) throw;
    TrialFailure failure = tour.place();
    failure.reason = error.what();
    if (failure.sql.empty()) failure.sql = error.sql();
    return failure;
  }
}

}  // namespace segue::db
