#include "engine/step_runner.h"

#include "backfill/ranges.h"
#include "engine/build.h"
#include "engine/statements.h"
#include "segue/error.h"

namespace segue::engine {

StepRunner::StepRunner(const RunContext& context, Walks& walks)
    : context_(context), session_(context.session), walks_(walks) {}

void StepRunner::Run(std::size_t step, const std::function<void()>& finishing) {
  context_.reporter.WorkOn(step);
  finishing_ = finishing;
  session_.ThrowIfStopping();
  if (StateOf(step, kWholeStep) != ActionState::kDone) {
    context_.reporter.Send(
        context_.reporter.Report(Progress::Event::kStepStarted));
    for (const Group& group : GroupsOf(step)) RunGroup(step, group);
    if (StateOf(step, kWholeStep) != ActionState::kDone) {
      session_.Resiliently(
          [&] { session_.InLedger([&] { FinishStep(step); }); });
    }
  }
  finishing_ = {};
  context_.reporter.FinishStep(step);
  context_.reporter.Send(context_.reporter.Report(Progress::Event::kStepDone));
}

const PlannedAction& StepRunner::ActionAt(std::size_t step,
                                          std::size_t action) const {
  return context_.plan().steps[step].actions[action];
}

std::vector<StepRunner::Group> StepRunner::GroupsOf(std::size_t step) const {
  std::vector<Group> groups;
  const std::size_t count = context_.plan().steps[step].actions.size();
  for (std::size_t begin = 0; begin < count;) {
    const PlannedAction& first = ActionAt(step, begin);
    Group group{begin, begin + 1,
                first.kind == ActionKind::kSchema && first.transactional};
    while (group.end < count && ActionAt(step, group.end).unit == first.unit) {
      ++group.end;
    }
    groups.push_back(group);
    begin = group.end;
  }
  return groups;
}

ActionState StepRunner::StateOf(std::size_t step, int action) {
  ActionState state = ActionState::kPending;
  session_.Resiliently([&] { state = LoadState(step, action); });
  return state;
}

ActionState StepRunner::LoadState(std::size_t step, int action) const {
  return context_.ledger.StateOf(context_.connection(), context_.migration.id,
                                 static_cast<int>(step), action);
}

void StepRunner::SetState(std::size_t step, int action,
                          ActionState state) const {
  context_.ledger.SetState(context_.connection(), context_.migration.id,
                           static_cast<int>(step), action, state);
}

void StepRunner::RunGroup(std::size_t step, const Group& group) {
  const int last = static_cast<int>(group.end) - 1;
  if (StateOf(step, last) == ActionState::kDone) return;
  session_.Resiliently([&] {
    session_.InLedger([&] {
      for (std::size_t action = group.begin; action < group.end; ++action) {
        SetState(step, static_cast<int>(action), ActionState::kRunning);
      }
    });
  });
  if (group.together) {
    session_.Resiliently([&] { RunTogether(step, group); });
  } else if (ActionAt(step, group.begin).kind == ActionKind::kSchema) {
    session_.Resiliently([&] { RunAlone(step, group.begin); });
  } else {
    RunWork(step, group.begin);
  }
}

// One transaction has the whole group, its rows in the ledger and, for the last
// group of a step, the step's own row and its line in the history, so that all
// of it happens or nothing.
void StepRunner::RunTogether(std::size_t step, const Group& group) {
  if (LoadState(step, static_cast<int>(group.end) - 1) == ActionState::kDone) {
    return;  // a commit whose answer was lost has happened
  }
  db::Connection& connection = context_.connection();
  db::Transaction transaction(connection,
                              {db::Purpose::kSchema, session_.LockBudget()});
  session_.Fence();
  for (std::size_t action = group.begin; action < group.end; ++action) {
    const PlannedAction& planned = ActionAt(step, action);
    session_.Expect(planned.lock.object);
    for (const Statement& statement : planned.forward) {
      Execute(connection, statement);
    }
    SetState(step, static_cast<int>(action), ActionState::kDone);
  }
  if (group.end == context_.plan().steps[step].actions.size()) {
    FinishStep(step);
  }
  transaction.Commit();
}

// Outside a transaction the ledger can only record the attempt, so the
// catalogue is asked whether the action has happened.
void StepRunner::RunAlone(std::size_t step, std::size_t action) {
  const PlannedAction& planned = ActionAt(step, action);
  db::Connection& connection = context_.connection();
  session_.Expect(planned.lock.object);
  const bool happened =
      !planned.probe.empty() && Holds(connection, planned.probe);
  if (!happened) {
    for (const Statement& statement : planned.cleanup) {
      Execute(connection, statement);
    }
    if (planned.progress.empty()) {
      for (const Statement& statement : planned.forward) {
        Execute(connection, statement);
      }
    } else {
      ExecuteWatched(context_, step, action);
    }
  }
  session_.InLedger(
      [&] { SetState(step, static_cast<int>(action), ActionState::kDone); });
}

void StepRunner::RunWork(std::size_t step, std::size_t action) {
  const PlannedAction& planned = ActionAt(step, action);
  const MotionSql& motion = context_.plan().MotionNamed(planned.motion);
  switch (planned.kind) {
    case ActionKind::kBackfill:
      walks_.Fill(motion);
      break;
    case ActionKind::kSettle:
      walks_.Settle(motion);
      break;
    case ActionKind::kVerify:
      walks_.Verify(motion, motion.verify);
      break;
    case ActionKind::kVerifyUnmarked:
      walks_.Verify(motion, motion.marked);
      break;
    case ActionKind::kRetreat:  // works on the way back only
      break;
    case ActionKind::kSchema:
      throw Error(ErrorKind::kInternal, "a schema action is no walk");
  }
  session_.Resiliently([&] {
    session_.InLedger(
        [&] { SetState(step, static_cast<int>(action), ActionState::kDone); });
  });
}

void StepRunner::FinishStep(std::size_t step) {
  const Step& planned = context_.plan().steps[step];
  SetState(step, kWholeStep, ActionState::kDone);
  context_.ledger.AddEvent(context_.connection(), context_.migration.id,
                           EventKindOf(planned.phase), planned.description);
  if (finishing_) finishing_();
}

void StepRunner::Undo(std::size_t step) {
  context_.reporter.WorkOn(step);
  const ActionState whole = StateOf(step, kWholeStep);
  if (whole == ActionState::kUndone) return;
  bool any = whole == ActionState::kDone;
  const std::vector<Group> groups = GroupsOf(step);
  for (auto group = groups.rbegin(); group != groups.rend(); ++group) {
    const ActionState state = StateOf(step, static_cast<int>(group->begin));
    if (state == ActionState::kPending) continue;
    any = true;
    UndoGroup(step, *group);
  }
  if (!any) return;
  session_.Resiliently([&] { session_.InLedger([&] { FinishUndo(step); }); });
  context_.reporter.Send(
      context_.reporter.Report(Progress::Event::kStepRolledBack));
}

void StepRunner::UndoGroup(std::size_t step, const Group& group) {
  if (group.together) {
    session_.Resiliently([&] { UndoTogether(step, group); });
  } else if (ActionAt(step, group.begin).kind == ActionKind::kRetreat) {
    UndoRetreat(step, group.begin);
  } else {
    session_.Resiliently([&] { UndoAlone(step, group.begin); });
  }
}

// The group was committed as a whole or not at all, so the states of its
// actions agree.
void StepRunner::UndoTogether(std::size_t step, const Group& group) {
  const ActionState state = LoadState(step, static_cast<int>(group.begin));
  if (state == ActionState::kUndone) return;
  db::Connection& connection = context_.connection();
  db::Transaction transaction(connection,
                              {db::Purpose::kSchema, session_.LockBudget()});
  session_.Fence();
  for (std::size_t action = group.end; action-- > group.begin;) {
    const PlannedAction& planned = ActionAt(step, action);
    session_.Expect(planned.lock.object);
    if (state == ActionState::kDone) {
      for (const Statement& statement : planned.undo) {
        Execute(connection, statement);
      }
    }
    SetState(step, static_cast<int>(action), ActionState::kUndone);
  }
  transaction.Commit();
}

// The undo statements are safe to repeat. They run even when the action is not
// known to have happened, because a failed attempt may have left something
// behind.
void StepRunner::UndoAlone(std::size_t step, std::size_t action) {
  const PlannedAction& planned = ActionAt(step, action);
  session_.Expect(planned.lock.object);
  for (const Statement& statement : planned.undo) {
    Execute(context_.connection(), statement);
  }
  session_.InLedger([&] {
    // Workers in other processes stop before the columns that they write to are
    // dropped.
    if (planned.kind == ActionKind::kBackfill) {
      LedgerRanges(context_.ledger, context_.migration.id, planned.motion,
                   std::string(ToString(Activity::kFill)))
          .Forget(context_.connection());
    }
    // Rows that were settled may have to be settled again.
    if (planned.kind == ActionKind::kSettle) {
      context_.ledger.ForgetMotion(context_.connection(), context_.migration.id,
                                   planned.motion,
                                   std::string(ToString(Activity::kSettle)));
    }
    SetState(step, static_cast<int>(action), ActionState::kUndone);
  });
}

// The triggers stop making copies first, and then the copies are cleared. Both
// parts are safe to repeat, and the walk continues where an earlier attempt
// stopped.
void StepRunner::UndoRetreat(std::size_t step, std::size_t action) {
  const PlannedAction& planned = ActionAt(step, action);
  const MotionSql& motion = context_.plan().MotionNamed(planned.motion);
  session_.Expect(planned.lock.object);
  session_.Resiliently([&] {
    db::Transaction transaction(context_.connection(),
                                {db::Purpose::kSchema, session_.LockBudget()});
    session_.Fence();
    for (const Statement& statement : planned.undo) {
      Execute(context_.connection(), statement);
    }
    transaction.Commit();
  });
  if (motion.retreat) walks_.Retreat(motion);
  session_.Resiliently([&] {
    session_.InLedger([&] {
      SetState(step, static_cast<int>(action), ActionState::kUndone);
    });
  });
}

void StepRunner::FinishUndo(std::size_t step) {
  if (LoadState(step, kWholeStep) == ActionState::kUndone) return;
  SetState(step, kWholeStep, ActionState::kUndone);
  context_.ledger.AddEvent(
      context_.connection(), context_.migration.id, EventKind::kUndone,
      "Rolled back: " + context_.plan().steps[step].description);
}

}  // namespace segue::engine
