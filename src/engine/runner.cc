#include "engine/runner.h"

#include <algorithm>

#include "base/clock.h"
#include "segue/error.h"

namespace segue::engine {

void DryRunner::Run(std::size_t step) {
  const Step& planned = plan_.steps[step];
  HistoryEntry entry;
  entry.migration = plan_.id;
  entry.kind = EventKindOf(planned.phase);
  entry.message = "(dry run) " + planned.description;
  log_.push_back(std::move(entry));
}

void DryRunner::Undo(std::size_t step) {
  HistoryEntry entry;
  entry.migration = plan_.id;
  entry.kind = EventKind::kUndone;
  entry.message = "(dry run) Rolled back: " + plan_.steps[step].description;
  log_.push_back(std::move(entry));
}

Runner::Runner(Database& database, const Ledger& ledger, Lease& lease,
               const MigratorOptions& options, const MigrationRow& migration)
    : database_(database),
      ledger_(ledger),
      lease_(lease),
      options_(options),
      migration_(migration),
      plan_(migration.plan),
      throttle_(database, options.pace, base::SystemClock()) {
  WatchInterrupts();
  Plan before = plan_;
  ledger_.LoadStates(database_.connection(), migration_.id, before);
  for (const Step& step : before.steps) {
    if (step.executed && !step.rolled_back) ++steps_done_;
  }
}

Runner::~Runner() {
  if (options_.cancel != nullptr) options_.cancel->SetInterrupter({});
}

void Runner::Run(std::size_t step, const std::function<void()>& finishing) {
  step_ = step;
  finishing_ = finishing;
  ThrowIfCancelled();
  if (StateOf(step, kWholeStep) != ActionState::kDone) RunGroups(step);
  finishing_ = {};
  steps_done_ = std::max(steps_done_, step + 1);
  Send(Report(Progress::Event::kStepDone));
}

void Runner::RunGroups(std::size_t step) {
  Send(Report(Progress::Event::kStepStarted));
  const std::size_t count = plan_.steps[step].actions.size();
  for (std::size_t begin = 0; begin < count;) {
    const Group group = GroupFrom(step, begin);
    RunGroup(step, group);
    begin = group.end;
  }
  if (StateOf(step, kWholeStep) != ActionState::kDone) {
    Resiliently([&] { InLedger([&] { FinishStep(step); }); });
  }
}

const PlannedAction& Runner::ActionAt(std::size_t step,
                                      std::size_t action) const {
  return plan_.steps[step].actions[action];
}

Runner::Group Runner::GroupFrom(std::size_t step, std::size_t begin) const {
  const PlannedAction& first = ActionAt(step, begin);
  Group group{begin, begin + 1,
              first.kind == ActionKind::kSchema && first.transactional};
  const std::size_t count = plan_.steps[step].actions.size();
  while (group.end < count && ActionAt(step, group.end).unit == first.unit) {
    ++group.end;
  }
  return group;
}

ActionState Runner::StateOf(std::size_t step, int action) {
  ActionState state = ActionState::kPending;
  Resiliently([&] {
    state = ledger_.StateOf(connection(), migration_.id, static_cast<int>(step),
                            action);
  });
  return state;
}

void Runner::RunGroup(std::size_t step, const Group& group) {
  if (StateOf(step, static_cast<int>(group.end) - 1) == ActionState::kDone) {
    return;
  }
  Resiliently([&] { MarkRunning(step, group); });
  if (group.together) {
    Resiliently([&] { RunTogether(step, group); });
  } else if (ActionAt(step, group.begin).kind == ActionKind::kSchema) {
    Resiliently([&] { RunAlone(step, group.begin); });
  } else {
    RunWork(step, group.begin);
  }
}

void Runner::InLedger(const std::function<void()>& work) {
  db::Transaction transaction(connection(),
                              {db::Purpose::kLedger, LockBudget()});
  lease_.Fence(connection());
  work();
  transaction.Commit();
}

void Runner::MarkRunning(std::size_t step, const Group& group) {
  InLedger([&] {
    for (std::size_t action = group.begin; action < group.end; ++action) {
      ledger_.SetState(connection(), migration_.id, static_cast<int>(step),
                       static_cast<int>(action), ActionState::kRunning);
    }
  });
}

void Runner::MarkDone(std::size_t step, std::size_t action) {
  ledger_.SetState(connection(), migration_.id, static_cast<int>(step),
                   static_cast<int>(action), ActionState::kDone);
}

// The whole group, its ledger rows and, when it is the step's last, the step's
// own row and its line in the history: all or nothing.
void Runner::RunTogether(std::size_t step, const Group& group) {
  const int last = static_cast<int>(group.end) - 1;
  if (ledger_.StateOf(connection(), migration_.id, static_cast<int>(step),
                      last) == ActionState::kDone) {
    return;  // the commit whose answer was lost did happen
  }
  db::Transaction transaction(connection(),
                              {db::Purpose::kSchema, LockBudget()});
  lease_.Fence(connection());
  for (std::size_t action = group.begin; action < group.end; ++action) {
    const PlannedAction& planned = ActionAt(step, action);
    locked_ = planned.lock.object;
    for (const Statement& statement : planned.forward) Execute(statement);
    MarkDone(step, action);
  }
  if (group.end == plan_.steps[step].actions.size()) FinishStep(step);
  transaction.Commit();
}

// Outside a transaction the ledger can only say that it was tried; the
// catalogue says whether it happened.
void Runner::RunAlone(std::size_t step, std::size_t action) {
  const PlannedAction& planned = ActionAt(step, action);
  locked_ = planned.lock.object;
  if (!Probe(planned)) {
    for (const Statement& statement : planned.cleanup) Execute(statement);
    if (planned.progress.empty()) {
      for (const Statement& statement : planned.forward) Execute(statement);
    } else {
      ExecuteWatched(step, action);
    }
  }
  InLedger([&] { MarkDone(step, action); });
}

void Runner::Execute(const Statement& statement) {
  if (!statement.only_if.empty() && !Holds(statement.only_if)) return;
  const db::Result result = connection().Execute(statement.sql);
  if (statement.expect_rows && result.affected != *statement.expect_rows) {
    throw Error(ErrorKind::kRefused,
                "the database is not as it was when the migration was planned")
        .WithSql(statement.sql)
        .WithHint("somebody else changed the table; roll back and plan again");
  }
}

bool Runner::Probe(const PlannedAction& action) {
  return !action.probe.empty() && Holds(action.probe);
}

bool Runner::Holds(const std::string& question) {
  const db::Result found = connection().Execute(question);
  return !found.rows.empty() && !db::IsNull(found.rows[0][0]) &&
         db::ToInt(found.rows[0][0]) != 0;
}

void Runner::FinishStep(std::size_t step) {
  const Step& planned = plan_.steps[step];
  ledger_.SetState(connection(), migration_.id, static_cast<int>(step),
                   kWholeStep, ActionState::kDone);
  ledger_.AddEvent(connection(), migration_.id, EventKindOf(planned.phase),
                   planned.description);
  if (finishing_) finishing_();
}

}  // namespace segue::engine
