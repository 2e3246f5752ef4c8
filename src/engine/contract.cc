#include "engine/contract.h"

#include "base/text.h"
#include "engine/gate/keeper.h"
#include "engine/grants.h"
#include "engine/inventory.h"
#include "engine/late_views.h"
#include "engine/missing.h"
#include "engine/statements.h"
#include "engine/supplement.h"
#include "ledger/action_states.h"
#include "segue/error.h"

namespace segue::engine {
namespace {

Error CannotHold(const std::vector<std::string>& rows) {
  Error error(ErrorKind::kMismatch,
              "the old shape cannot hold what the new version has written: " +
                  base::Join(rows, "; "));
  error.WithHint(
      "give these rows a value that it can hold, or run 'segue undo --lossy "
      "--reason TEXT'; the contract is still sealed");
  return error;
}

bool InStage(const Step& step, Stage stage) {
  return step.phase == Phase::kContracting && step.stage == stage;
}

// True when the step has done something that cannot be brought back.
bool RunForGood(const Context& context, const MigrationRow& row,
                const ActionStates& states, std::size_t step) {
  const auto& actions = row.plan.steps[step].actions;
  for (std::size_t action = 0; action < actions.size(); ++action) {
    if (actions[action].reversible) continue;
    const ActionState state = states.Of(step, action);
    if (state == ActionState::kDone) return true;
    if (state == ActionState::kRunning &&
        HappenedAlone(context.connection(), actions[action])) {
      return true;
    }
  }
  return false;
}

}  // namespace

bool PastFirstDrop(const Context& context, const MigrationRow& row) {
  const ActionStates states(context.connection(), context.ledger, row.id);
  for (std::size_t step = 0; step < row.plan.steps.size(); ++step) {
    if (row.plan.steps[step].phase != Phase::kContracting) continue;
    if (RunForGood(context, row, states, step)) return true;
  }
  return false;
}

std::vector<std::string> LastingSteps(const Context& context,
                                      const MigrationRow& row) {
  const ActionStates states(context.connection(), context.ledger, row.id);
  std::vector<std::string> lasting;
  for (std::size_t step = 0; step < row.plan.steps.size(); ++step) {
    if (row.plan.steps[step].phase == Phase::kContracting) continue;
    if (!RunForGood(context, row, states, step)) continue;
    lasting.push_back("'" + row.plan.steps[step].description + "'");
  }
  return lasting;
}

bool ContractBegun(const Context& context, const MigrationRow& row) {
  const ActionStates states(context.connection(), context.ledger, row.id);
  for (std::size_t step = 0; step < row.plan.steps.size(); ++step) {
    const Step& planned = row.plan.steps[step];
    if (planned.phase != Phase::kContracting) continue;
    for (std::size_t action = 0; action < planned.actions.size(); ++action) {
      if (states.Of(step, action) != ActionState::kPending) return true;
    }
  }
  return false;
}

bool MayBeContinued(const Error& error) {
  return error.poisons_connection() || error.kind() == ErrorKind::kCancelled ||
         error.kind() == ErrorKind::kConflict;
}

bool Contract::OnlyForward() const {
  return row_.sub_state == SubState::kDropping || PastFirstDrop(context_, row_);
}

std::optional<SealWindow> Contract::Walk(const std::string& force_reason,
                                         bool drop) {
  if (!WindowOf(context_, row_)) {
    if (!OnlyForward()) GatherEvidence(force_reason);
    Seal();
  }
  if (const auto window = WindowOf(context_, row_)) {
    if (!drop && !window->over()) return window;
    GatherDropEvidence(force_reason);
  }
  Drop();
  return std::nullopt;
}

// The rows that the old shape cannot hold are asked for before anything is
// locked, and again under the locks of the exchange (LookForLoss).
std::vector<std::string> Contract::Undo(const std::string& lossy_reason) {
  const bool whole = WindowOf(context_, row_).has_value();
  std::vector<std::string> lost;
  if (whole) lost = LostByUndo(context_, row_, parts_);
  if (!lost.empty()) {
    if (lossy_reason.empty()) throw CannotHold(lost);
    transitions_.InLedger([&] {
      transitions_.AddEvent(EventKind::kForced,
                            lossy_reason +
                                " (undone although the old shape "
                                "cannot hold: " +
                                base::Join(lost, "; ") + ")");
    });
  }
  if (whole && lossy_reason.empty()) parts_.steps.RefuseLoss();
  try {
    Unseal();
  } catch (Error& error) {
    if (!whole || MayBeContinued(error)) throw;
    SealAgainAfter(error);
    if (error.kind() != ErrorKind::kConstraint) throw;
    // A row came behind the question, and what prepares the undo refused it.
    lost = LostByUndo(context_, row_, parts_);
    if (lost.empty()) throw;
    throw CannotHold(lost);
  }
  transitions_.InLedger([&] {
    transitions_.AddEvent(EventKind::kNote,
                          "The contract was undone; both versions are live");
  });
  std::vector<std::string> notes;
  if (!whole || !lost.empty()) return notes;
  for (const std::string& text : parts_.verifier.VerifyAll().mismatches) {
    notes.push_back("old and new disagree in " + text);
  }
  return notes;
}

// Every run that may still make the first drop gathers the evidence anew. What
// an earlier run has recorded is no evidence, because clients have written rows
// and run queries since that run died.
void Contract::GatherEvidence(const std::string& force_reason) {
  RefuseRollingBack(context_, row_);
  // An earlier contract that died has exchanged names that the check reads, or
  // died while it was being undone.
  if (ContractBegun(context_, row_)) Unseal();
  GateKeeper keeper({context_, row_, parts_}, transitions_, force_reason);
  keeper.Require({GateTime::kFirst, GateTime::kTwice});
  LetGrantsFollow();
  transitions_.InLedger(
      [&] { KeepPrivileges(context_.connection(), context_.ledger, row_); });
  // What is given between the two is kept already, and follows all the same.
  LetGrantsFollow();
  CatchUp(context_, transitions_, row_, parts_);
  keeper.Require({GateTime::kLast});
  keeper.Require({GateTime::kTwice});
  keeper.Record();
}

// A run that died has dropped nothing yet, but may have begun to.
void Contract::GatherDropEvidence(const std::string& force_reason) {
  const std::vector<Step>& steps = row_.plan.steps;
  for (std::size_t step = steps.size(); step-- > 0;) {
    if (InStage(steps[step], Stage::kDrop)) parts_.steps.Undo(step);
  }
  transitions_.ForgetDrops();
  GateContext gate{context_, row_, parts_};
  gate.sealed = true;
  GateKeeper keeper(gate, transitions_, force_reason);
  keeper.RequireBeforeDrop();
  keeper.Record();
}

// What was given to a column that goes would be lost with it, and what was
// taken from it would come back.
void Contract::LetGrantsFollow() {
  const FollowedGrants followed = FollowGrants(
      context_, &row_, LiveVersions(context_), [&] { parts_.session.Fence(); });
  if (followed.applied.empty()) return;
  transitions_.InLedger([&] {
    transitions_.AddEvent(
        EventKind::kNote,
        "Privileges followed: " + base::Join(followed.applied, "; "));
  });
}

// "Sealed" is recorded in the transaction that ends the last step of the seal.
void Contract::Seal() {
  const std::vector<Step>& steps = row_.plan.steps;
  std::size_t last = steps.size();
  for (std::size_t step = 0; step < steps.size(); ++step) {
    if (InStage(steps[step], Stage::kSeal)) last = step;
  }
  const bool sealed = row_.phase == Phase::kContracting;
  for (std::size_t step = 0; step < steps.size(); ++step) {
    if (!InStage(steps[step], Stage::kSeal)) continue;
    parts_.steps.Run(step, [&] {
      if (!sealed && step == last) transitions_.RecordSealed();
    });
  }
  if (sealed) return;
  if (last == steps.size()) {
    transitions_.InLedger([&] { transitions_.RecordSealed(); });
  }
  transitions_.BecomeSealed();
}

void Contract::Drop() {
  for (std::size_t step = 0; step < row_.plan.steps.size(); ++step) {
    const Step& planned = row_.plan.steps[step];
    if (!InStage(planned, Stage::kDrop)) continue;
    RenderLateViews(context_, transitions_, row_, step);
    parts_.steps.Run(step);
    if (!planned.reversible()) {
      transitions_.MoveTo(Phase::kContracting, SubState::kDropping);
    }
  }
  transitions_.MoveTo(Phase::kContracting, SubState::kDropping);
}

// The steps are forgotten because what was unsealed may be sealed again.
void Contract::Unseal() {
  UndoFrom(Phase::kContracting, row_.plan, parts_.steps);
  transitions_.BecomeUnsealed();
}

// What prepares an undo refuses rows, and would go on refusing those of the new
// version.
void Contract::SealAgainAfter(Error& error) {
  try {
    for (std::size_t step = 0; step < row_.plan.steps.size(); ++step) {
      if (InStage(row_.plan.steps[step], Stage::kSeal)) {
        parts_.steps.RunAgain(step);
      }
    }
  } catch (const Error& second) {
    error.WithNote(std::string("the contract is undone in part: ") +
                   second.what() + "; run 'segue undo' again");
  }
}

void Contract::UnsealAfter(Error& error) {
  try {
    Unseal();
  } catch (const Error& second) {
    error.WithNote(std::string("the contract was not undone: ") +
                   second.what() + "; run 'segue complete' again");
  }
}

}  // namespace segue::engine
