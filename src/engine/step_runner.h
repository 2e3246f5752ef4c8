// Executes and undoes the steps of a plan, and records each state in the ledger
// before it acts on it. The step runner knows nothing of phases.
#pragma once

#include <functional>

#include "backfill/run_context.h"
#include "backfill/walks.h"
#include "engine/runner.h"

namespace segue::engine {

class StepRunner : public Runner {
 public:
  // Both references must outlive the runner.
  StepRunner(const RunContext& context, Walks& walks);

  using Runner::Run;
  void Run(std::size_t step, const std::function<void()>& finishing) override;
  void Undo(std::size_t step) override;

 private:
  // A unit of a step (PlannedAction::unit).
  struct Group {
    std::size_t begin = 0;  // actions [begin, end)
    std::size_t end = 0;
    bool together = false;  // in one transaction
  };

  const PlannedAction& ActionAt(std::size_t step, std::size_t action) const;
  std::vector<Group> GroupsOf(std::size_t step) const;
  ActionState StateOf(std::size_t step, int action);
  // Reads the state without a retry, for callers that repeat their whole work
  // after an error that passes.
  ActionState LoadState(std::size_t step, int action) const;
  void SetState(std::size_t step, int action, ActionState state) const;

  void RunGroup(std::size_t step, const Group& group);
  void RunTogether(std::size_t step, const Group& group);
  void RunAlone(std::size_t step, std::size_t action);
  void RunWork(std::size_t step, std::size_t action);
  void FinishStep(std::size_t step);

  void UndoGroup(std::size_t step, const Group& group);
  void UndoTogether(std::size_t step, const Group& group);
  void UndoAlone(std::size_t step, std::size_t action);
  void UndoRetreat(std::size_t step, std::size_t action);
  void FinishUndo(std::size_t step);

  const RunContext& context_;
  RunnerSession& session_;
  Walks& walks_;
  std::function<void()> finishing_;  // for the step that is being run
};

}  // namespace segue::engine
