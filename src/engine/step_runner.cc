#include "engine/step_runner.h"

#include <algorithm>

#include "backfill/ranges.h"
#include "engine/build.h"
#include "engine/inventory.h"
#include "engine/loss.h"
#include "engine/statements.h"
#include "segue/error.h"

namespace segue::engine {
namespace {

// A statement that finds nothing to change says so like one that names what is
// not there.
void ExecuteUndo(db::Connection& connection, const Statement& statement) {
  if (TryExecute(connection, statement)) return;
  throw Error(ErrorKind::kNotFound,
              "the database is not as the migration has left it")
      .WithSql(statement.sql)
      .WithHint("somebody else changed the table");
}

}  // namespace

StepRunner::StepRunner(const RunContext& context, Walks& walks)
    : context_(context), session_(context.session), walks_(walks) {}

void StepRunner::Run(std::size_t step, const std::function<void()>& finishing) {
  try {
    RunStep(step, finishing);
  } catch (Error& error) {
    // What a database says of its statement does not name what it was for.
    if (!error.native_code().empty()) {
      error.WithNote("it was met in the step '" +
                     context_.plan().steps[step].description + "'");
    }
    throw;
  }
}

void StepRunner::RunStep(std::size_t step,
                         const std::function<void()>& finishing) {
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
    if (!planned.inventory_lock.empty()) session_.Expect(planned.lock);
  }
  LockUnchanged(connection, context_.ledger, context_.migration, step,
                group.begin, group.end);
  for (std::size_t action = group.begin; action < group.end; ++action) {
    const PlannedAction& planned = ActionAt(step, action);
    session_.Expect(planned.lock);
    for (const Statement& statement : planned.forward) {
      Execute(connection, statement);
      connection.LimitWaits();
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
  session_.Expect(planned.lock);
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

void StepRunner::UndoWith(std::size_t step, const LockNeed& lock,
                          const std::function<void()>& work) {
  if (StateOf(step, kWholeStep) != ActionState::kDone) return Undo(step);
  context_.reporter.WorkOn(step);
  session_.Expect(lock);
  const int count =
      static_cast<int>(context_.plan().steps[step].actions.size());
  session_.Resiliently([&] {
    db::Transaction transaction(context_.connection(),
                                {db::Purpose::kSchema, session_.LockBudget()});
    session_.Fence();
    work();
    for (int action = 0; action < count; ++action) {
      SetState(step, action, ActionState::kUndone);
    }
    FinishUndo(step);
    transaction.Commit();
  });
  context_.reporter.Send(
      context_.reporter.Report(Progress::Event::kStepRolledBack));
}

bool StepRunner::MayPassOver(std::size_t step, const Error& error) const {
  if (gone_ == nullptr) return false;
  const db::Absent absent = context_.database.dialect().AbsentIn(error);
  if (context_.plan().steps[step].phase == Phase::kContracting) {
    return absent == db::Absent::kTable;
  }
  const bool unchanged = error.kind() == ErrorKind::kNotFound &&
                         error.native_code().empty();  // of ExecuteUndo
  return unchanged || absent != db::Absent::kNothing;
}

void StepRunner::NoteGone(const Error& error) {
  const std::string note = std::string("nothing to undo: ") + error.what();
  if (std::count(gone_->begin(), gone_->end(), note) > 0) return;
  gone_->push_back(note);
  context_.ledger.AddEvent(context_.connection(), context_.migration.id,
                           EventKind::kNote, note);
}

void StepRunner::UndoGroup(std::size_t step, const Group& group) {
  const auto undo = [&](bool piecewise) {
    session_.Resiliently([&] { UndoTogether(step, group, piecewise); });
  };
  if (!group.together) {
    if (ActionAt(step, group.begin).kind == ActionKind::kRetreat) {
      return UndoRetreat(step, group.begin);
    }
    return session_.Resiliently([&] { UndoAlone(step, group.begin); });
  }
  try {
    undo(false);
  } catch (const Error& error) {
    if (!MayPassOver(step, error)) throw;
    undo(true);
  }
}

// The group was committed as a whole or not at all, so the states of its
// actions agree.
void StepRunner::UndoTogether(std::size_t step, const Group& group,
                              bool piecewise) {
  const ActionState state = LoadState(step, static_cast<int>(group.begin));
  if (state == ActionState::kUndone) return;
  db::Connection& connection = context_.connection();
  db::Transaction transaction(connection,
                              {db::Purpose::kSchema, session_.LockBudget()});
  session_.Fence();
  const bool looks = refuses_loss_ && state == ActionState::kDone;
  bool looked = false;
  for (std::size_t action = group.end; action-- > group.begin;) {
    const PlannedAction& planned = ActionAt(step, action);
    session_.Expect(planned.lock);
    if (state == ActionState::kDone) {
      for (const Statement& statement : planned.undo) {
        if (piecewise) {
          UndoPiece(step, statement);
        } else {
          ExecuteUndo(connection, statement);
        }
        connection.LimitWaits();
      }
    }
    // The first statement has the lock, and the names are those of the seal.
    if (looks && !looked && !planned.undo.empty()) {
      LookForLoss(context_, step, group.begin, group.end);
      looked = true;
    }
    SetState(step, static_cast<int>(action), ActionState::kUndone);
  }
  if (looks) LookForLoss(context_, step, group.begin, group.end);
  if (context_.plan().steps[step].phase == Phase::kContracting) {
    KeepSettings(connection, context_.ledger, context_.migration);
  }
  transaction.Commit();
}

// What only prepares an undo has nothing to run, but something to clear away.
void StepRunner::RunAgain(std::size_t step) {
  for (const Group& group : GroupsOf(step)) {
    const PlannedAction& first = ActionAt(step, group.begin);
    if (first.forward.empty() && !first.cleanup.empty()) {
      session_.Expect(first.lock);
      session_.Resiliently([&] {
        for (const Statement& statement : first.cleanup) {
          Execute(context_.connection(), statement);
        }
      });
    }
    if (StateOf(step, static_cast<int>(group.begin)) != ActionState::kUndone) {
      continue;
    }
    RunGroup(step, group);
  }
  session_.Resiliently([&] {
    session_.InLedger([&] { SetState(step, kWholeStep, ActionState::kDone); });
  });
}

// An error would otherwise end the transaction.
void StepRunner::UndoPiece(std::size_t step, const Statement& statement) {
  db::Connection& connection = context_.connection();
  connection.Execute("SAVEPOINT segue_undo");
  try {
    ExecuteUndo(connection, statement);
  } catch (const Error& error) {
    if (!MayPassOver(step, error)) throw;
    connection.Execute("ROLLBACK TO SAVEPOINT segue_undo");
    NoteGone(error);
  }
  connection.Execute("RELEASE SAVEPOINT segue_undo");
}

void StepRunner::UndoAlone(std::size_t step, std::size_t action) {
  const PlannedAction& planned = ActionAt(step, action);
  session_.Expect(planned.lock);
  for (const Statement& statement : planned.undo) {
    try {
      ExecuteUndo(context_.connection(), statement);
    } catch (const Error& error) {
      if (!MayPassOver(step, error)) throw;
      NoteGone(error);
    }
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
  session_.Expect(planned.lock);
  try {
    session_.Resiliently([&] {
      db::Transaction transaction(
          context_.connection(), {db::Purpose::kSchema, session_.LockBudget()});
      session_.Fence();
      for (const Statement& statement : planned.undo) {
        Execute(context_.connection(), statement);
      }
      transaction.Commit();
    });
    if (motion.retreat) walks_.Retreat(motion);
  } catch (const Error& error) {
    if (!MayPassOver(step, error)) throw;
    NoteGone(error);
  }
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
