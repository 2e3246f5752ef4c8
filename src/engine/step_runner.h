// Executes and undoes the steps of a plan, and records each state in the ledger
// before it acts on it. The step runner knows nothing of phases.
#pragma once

#include <functional>
#include <string>
#include <vector>

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
  // Undoes a step that was done with `work`, which takes this lock, in one
  // transaction with its states, instead of with the statements that the plan
  // has for it.
  void UndoWith(std::size_t step, const LockNeed& lock,
                const std::function<void()>& work);
  // From now on an undo of the contract looks again, once it has the locks, for
  // rows that the old shape cannot hold, and throws Error{kMismatch} over them:
  // some may have come since they were asked about.
  void RefuseLoss() { refuses_loss_ = true; }
  // Runs what an undo of the step has undone again, and nothing else.
  void RunAgain(std::size_t step);
  // From now on an undo goes on where its statement says that what it undoes is
  // not there, and adds what the database says to `gone`, which must outlive
  // the runner. What a contract exchanges goes as a whole with its table only.
  void PassOverGone(std::vector<std::string>& gone) { gone_ = &gone; }

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

  void RunStep(std::size_t step, const std::function<void()>& finishing);
  void UndoGroup(std::size_t step, const Group& group);
  // With `piecewise`, each statement can fail by itself.
  void UndoTogether(std::size_t step, const Group& group, bool piecewise);
  void UndoPiece(std::size_t step, const Statement& statement);
  void UndoAlone(std::size_t step, std::size_t action);
  bool MayPassOver(std::size_t step, const Error& error) const;
  void NoteGone(const Error& error);
  void UndoRetreat(std::size_t step, std::size_t action);
  void FinishUndo(std::size_t step);

  const RunContext& context_;
  RunnerSession& session_;
  Walks& walks_;
  std::function<void()> finishing_;  // for the step that is being run
  std::vector<std::string>* gone_ = nullptr;
  bool refuses_loss_ = false;
};

}  // namespace segue::engine
