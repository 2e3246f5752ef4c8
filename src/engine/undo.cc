// Undoing steps: the mirror image of runner.cc.
#include "backfill/worker.h"
#include "engine/runner.h"
#include "segue/error.h"

namespace segue::engine {

void Runner::Undo(std::size_t step) {
  step_ = step;
  if (StateOf(step, kWholeStep) == ActionState::kUndone) return;
  bool any = StateOf(step, kWholeStep) == ActionState::kDone;
  std::vector<Group> groups;
  const std::size_t count = plan_.steps[step].actions.size();
  for (std::size_t begin = 0; begin < count;) {
    groups.push_back(GroupFrom(step, begin));
    begin = groups.back().end;
  }
  for (auto group = groups.rbegin(); group != groups.rend(); ++group) {
    const ActionState state = StateOf(step, static_cast<int>(group->begin));
    if (state == ActionState::kPending) continue;
    any = true;
    if (group->together) {
      Resiliently([&] { UndoTogether(step, *group); });
    } else if (ActionAt(step, group->begin).kind == ActionKind::kRetreat) {
      UndoRetreat(step, group->begin);
    } else {
      Resiliently([&] { UndoAlone(step, group->begin); });
    }
  }
  if (!any) return;
  Resiliently([&] { InLedger([&] { FinishUndo(step); }); });
  Send(Report(Progress::Event::kStepRolledBack));
}

// The group committed whole or not at all, so its rows agree.
void Runner::UndoTogether(std::size_t step, const Group& group) {
  const int id = static_cast<int>(step);
  if (ledger_.StateOf(connection(), migration_.id, id,
                      static_cast<int>(group.begin)) == ActionState::kUndone) {
    return;
  }
  const bool happened =
      ledger_.StateOf(connection(), migration_.id, id,
                      static_cast<int>(group.begin)) == ActionState::kDone;
  db::Transaction transaction(connection(),
                              {db::Purpose::kSchema, LockBudget()});
  lease_.Fence(connection());
  for (std::size_t action = group.end; action-- > group.begin;) {
    const PlannedAction& planned = ActionAt(step, action);
    locked_ = planned.lock.object;
    if (happened) {
      for (const Statement& statement : planned.undo) Execute(statement);
    }
    ledger_.SetState(connection(), migration_.id, id, static_cast<int>(action),
                     ActionState::kUndone);
  }
  transaction.Commit();
}

// Its undo statements are safe to repeat, and a failed attempt may have left
// something, so they run whether or not it is known to have happened.
void Runner::UndoAlone(std::size_t step, std::size_t action) {
  const PlannedAction& planned = ActionAt(step, action);
  locked_ = planned.lock.object;
  for (const Statement& statement : planned.undo) Execute(statement);
  InLedger([&] {
    // Workers elsewhere stop before what they write to goes.
    if (planned.kind == ActionKind::kBackfill) {
      LedgerRanges(ledger_, migration_.id, planned.motion,
                   std::string(ToString(Activity::kFill)))
          .Forget(connection());
    }
    // What was settled may have to be settled again.
    if (planned.kind == ActionKind::kSettle) {
      ledger_.ForgetMotion(connection(), migration_.id, planned.motion,
                           std::string(ToString(Activity::kSettle)));
    }
    ledger_.SetState(connection(), migration_.id, static_cast<int>(step),
                     static_cast<int>(action), ActionState::kUndone);
  });
}

void Runner::FinishUndo(std::size_t step) {
  if (ledger_.StateOf(connection(), migration_.id, static_cast<int>(step),
                      kWholeStep) == ActionState::kUndone) {
    return;
  }
  ledger_.SetState(connection(), migration_.id, static_cast<int>(step),
                   kWholeStep, ActionState::kUndone);
  ledger_.AddEvent(connection(), migration_.id, EventKind::kUndone,
                   "Rolled back: " + plan_.steps[step].description);
}

}  // namespace segue::engine
