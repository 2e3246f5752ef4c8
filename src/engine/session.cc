#include "engine/session.h"

#include <algorithm>

#include "backfill/options.h"
#include "backfill/trial.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "db/retry.h"
#include "engine/blockers.h"
#include "ledger/pending.h"
#include "ledger/versions.h"
#include "segue/error.h"

namespace segue {

using engine::ActionState;
using engine::Lease;
using engine::MigrationRow;
using engine::Runner;

namespace {

// A table too large to try whole in this time is tried in part; what is missed
// is found by the backfill, which then rolls back.
constexpr std::chrono::seconds kTrialTime{30};

bool InStage(const Step& step, Stage stage) {
  return step.phase == Phase::kContracting && step.stage == stage;
}

}  // namespace

Migrator::Session::Session(Database& target, MigratorOptions from)
    : database(target),
      options(std::move(from)),
      given(options),
      ledger(target.dialect(), target.schema(),
             options.who.empty() ? engine::SystemUser() : options.who) {}

void Migrator::Session::Adopt(const Migration& migration) {
  options = engine::OptionsFor(given, migration);
}

std::chrono::milliseconds Migrator::Session::LockBudget() const {
  return engine::LockBudgetOf(options, database.dialect().capabilities());
}

engine::Planned Migrator::Session::PlanFor(const Migration& migration) {
  if (migration.operations.empty()) {
    throw Error(ErrorKind::kUsage,
                "migration '" + migration.id + "' has no operations");
  }
  std::vector<std::string> live;
  if (ledger.Open(connection())) {
    for (const VersionInfo& version :
         engine::PublishedVersions(ledger).All(connection())) {
      if (version.state == "live") live.push_back(version.version_schema);
    }
  }
  engine::Planned planned = PatientlyPlan(
      {migration, database.schema(), migration.access.value_or(options.access),
       migration.on_transform_error.value_or(options.on_transform_error), live,
       LockBudget()});
  if (!migration.folded.empty()) {
    std::vector<std::string> parts;
    for (const Migration& part : migration.folded) parts.push_back(part.id);
    planned.plan.notes.push_back("one plan also for " +
                                 base::Join(parts, ", "));
  }
  return planned;
}

// The catalogue of a table that is locked against everybody cannot be read.
engine::Planned Migrator::Session::PatientlyPlan(
    const engine::PlannerInput& input) {
  db::RetryPolicy policy;
  policy.patience = options.lock_patience;
  try {
    return db::Retry(base::SystemClock(), policy, [&] {
      return engine::MakePlan(database.dialect(), database.connection(), input);
    });
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::kLockTimeout) throw;
    throw Error(ErrorKind::kLockTimeout,
                "a table of schema '" + database.schema() +
                    "' is locked, so that it cannot be inspected" +
                    engine::DescribeBlockers(database, ""))
        .WithCode(error.native_code())
        .WithHint(
            "end or wait for the session that holds the lock; nothing "
            "was changed");
  }
}

std::vector<std::string> Migrator::Session::Preflight(
    const engine::Planned& planned) {
  std::vector<std::string> reasons;
  Source source;
  for (const Finding& finding : planned.findings) {
    if (finding.severity != Finding::Severity::kError) continue;
    if (!source.known()) source = finding.source;
    reasons.push_back(finding.message);
  }
  if (!reasons.empty()) {
    throw Error(ErrorKind::kRefused, base::Join(reasons, "; "))
        .WithSource(source);
  }
  std::vector<std::string> notes;
  const bool mark = planned.plan.on_transform_error == OnTransformError::kMark;
  for (const Step& step : planned.plan.steps) {
    for (const PlannedAction& action : step.actions) {
      RefuseObjections(action);
      if (action.trial) TryConstraint(*action.trial, mark);
      if (action.kind != ActionKind::kBackfill) continue;
      for (const TrialSql& trial : planned.plan.TrialsOf(action.motion)) {
        const auto note = TryUp(trial, mark);
        if (note) notes.push_back(*note);
      }
    }
  }
  return notes;
}

std::optional<std::string> Migrator::Session::TryUp(const TrialSql& trial,
                                                    bool mark) {
  const backfill::TrialReport report = backfill::Try(
      connection(), trial, kTrialTime,
      mark ? backfill::TrialWants::kCount : backfill::TrialWants::kFirst);
  const std::string rows = base::Join(report.failures, "; ");
  const std::string& table = trial.walk.table;
  if (report.failures.empty()) return std::nullopt;
  if (mark) {
    return std::string("'up' fails on ") +
           (report.finished ? "" : "at least ") +
           base::WithThousands(report.count) + " rows of '" + table +
           "', which will be marked: " + rows;
  }
  throw Error(ErrorKind::kRefused,
              "'up' fails on rows of '" + table + "': " + rows)
      .WithHint("mend these rows or the expression; nothing was changed");
}

void Migrator::Session::TryConstraint(const TrialSql& trial, bool mark) {
  const backfill::TrialReport report = backfill::Try(
      connection(), trial, kTrialTime,
      mark ? backfill::TrialWants::kCount : backfill::TrialWants::kFirst);
  // A row that has no value yet breaks no constraint.
  const bool only_marked = mark && report.raised == report.count;
  if (report.failures.empty() || only_marked) return;
  throw Error(ErrorKind::kRefused,
              "rows of '" + trial.walk.table +
                  "' break it: " + base::Join(report.failures, "; "))
      .WithHint(
          "mend these rows, or say in 'up' what becomes of them; nothing was "
          "changed");
}

// Clients may hold the lock on a small database for a moment, too.
void Migrator::Session::InLedger(Lease& lease,
                                 const std::function<void()>& work) {
  db::RetryPolicy policy;
  policy.patience = options.lock_patience;
  db::Retry(base::SystemClock(), policy, [&] {
    db::Transaction transaction(connection(),
                                {db::Purpose::kLedger, LockBudget()});
    lease.Fence(connection());
    work();
    transaction.Commit();
  });
}

MigrationRow Migrator::Session::Intend(Lease& lease, const Migration& migration,
                                       const Plan& plan,
                                       const std::vector<std::string>& queries,
                                       const std::vector<std::string>& notes) {
  MigrationRow row;
  row.id = migration.id;
  row.title = migration.title;
  row.checksum = migration.checksum;
  row.source = migration.source;
  row.plan = plan;
  const std::vector<QueryChange> seen = Seen(queries);
  const std::vector<engine::GaugeReading> readings = ReadGauges(plan);
  InLedger(lease, [&] {
    ledger.Create(connection(), row);
    Keep(row.id, seen);
    SaveGauges(row, readings);
    for (const Migration& part : migration.folded) IntendPart(part, row.id);
    for (const std::string& note : notes) {
      ledger.AddEvent(connection(), row.id, EventKind::kNote, note);
    }
  });
  return row;
}

void Migrator::Session::CheckPart(const Migration& part,
                                  const std::string& whole) {
  const auto row = ledger.Load(connection(), part.id);
  if (!row) return;
  const bool begun = row->phase != Phase::kRolledBack;
  if (begun) engine::RefuseChangedFile(*row, part);
  if (begun && row->folded_into != whole) {
    throw Error(ErrorKind::kRefused,
                "migration '" + part.id + "' has been begun by another run (" +
                    std::string(ToString(row->phase)) + ")")
        .WithHint("run 'segue migrate' again to look at what is pending now");
  }
}

void Migrator::Session::IntendPart(const Migration& part,
                                   const std::string& whole) {
  MigrationRow row;
  row.id = part.id;
  row.title = part.title;
  row.checksum = part.checksum;
  row.source = part.source;
  row.plan.id = part.id;
  row.plan.title = part.title;
  row.plan.notes = {"folded into '" + whole + "'"};
  row.folded_into = whole;
  ledger.Create(connection(), row);
  ledger.AddEvent(connection(), part.id, EventKind::kFolded,
                  "Its work is done by the plan of " + whole);
}

void Migrator::Session::AddEventToParts(const MigrationRow& row, EventKind kind,
                                        const std::string& verb) {
  for (const std::string& part : ledger.Folded(connection(), row.id)) {
    ledger.AddEvent(connection(), part, kind, verb + " with " + row.id);
  }
}

MigrationRow Migrator::Session::RequireActive() {
  if (ledger.Open(connection())) {
    if (auto row = ledger.Active(connection())) return *std::move(row);
  }
  throw Error(ErrorKind::kNotFound,
              "no migration is active in schema '" + database.schema() + "'")
      .WithHint(
          "'segue start FILE' begins one; 'segue history' lists past ones");
}

void Migrator::Session::MoveTo(Lease& lease, MigrationRow& row, Phase phase,
                               SubState sub_state) {
  if (row.phase == phase && row.sub_state == sub_state) return;
  if (!CanMove(row.phase, row.sub_state, phase, sub_state)) {
    throw Error(ErrorKind::kInternal, "a migration cannot go from " +
                                          std::string(ToString(row.phase)) +
                                          " to " +
                                          std::string(ToString(phase)));
  }
  InLedger(lease,
           [&] { ledger.SetPhase(connection(), row.id, phase, sub_state); });
  row.phase = phase;
  row.sub_state = sub_state;
}

void Migrator::Session::RecordError(const MigrationRow& row,
                                    const Error& error) {
  try {
    if (!connection().alive()) return;
    db::Transaction transaction(connection(), {});
    ledger.SetError(connection(), row.id, error.what());
    ledger.AddEvent(connection(), row.id,
                    error.kind() == ErrorKind::kCancelled ? EventKind::kStopped
                                                          : EventKind::kFailed,
                    error.what());
    transaction.Commit();
  } catch (const Error& second) {
    base::Log(base::LogLevel::kWarning,
              std::string("the failure was not recorded: ") + second.what());
  }
}

void Migrator::Session::ClearControl() {
  engine::Controls(ledger).Ask(connection(), {});
  engine::Controls(ledger).Allow(connection(), {});
}

void Migrator::Session::RunPhase(MigrationRow& row, Runner& runner,
                                 Phase phase) {
  for (std::size_t step = 0; step < row.plan.steps.size(); ++step) {
    if (row.plan.steps[step].phase == phase) runner.Run(step);
  }
}

void Migrator::Session::RunToReady(Lease& lease, MigrationRow& row,
                                   Runner& runner) {
  if (row.phase == Phase::kPending) {
    MoveTo(lease, row, Phase::kExpanding, SubState::kNone);
  }
  if (row.phase == Phase::kExpanding) {
    RunPhase(row, runner, Phase::kExpanding);
    MoveTo(lease, row, Phase::kMigrating, SubState::kBackfilling);
  }
  if (row.sub_state == SubState::kBackfilling) {
    RunPhase(row, runner, Phase::kMigrating);
    RecordReady(lease, row);
  }
  if (!row.plan.has_phase(Phase::kContracting) &&
      row.sub_state == SubState::kReady) {
    FinishComplete(lease, row);
  }
}

void Migrator::Session::RecordReady(Lease& lease, MigrationRow& row) {
  const std::vector<std::string> gauges = GaugeLines(row);
  InLedger(lease, [&] {
    ledger.SetPhase(connection(), row.id, Phase::kMigrating, SubState::kReady);
    for (const std::string& line : gauges) {
      ledger.AddEvent(connection(), row.id, EventKind::kMigrating, line);
    }
    RecordUsage(row);
    ledger.SetError(connection(), row.id, "");
    if (!row.plan.version_schema.empty()) {
      engine::PublishedVersions(ledger).Add(connection(), row.plan.version,
                                            row.plan.version_schema);
    }
    if (row.plan.has_phase(Phase::kContracting)) {
      ledger.AddEvent(connection(), row.id, EventKind::kReady,
                      "Both versions are live");
    }
  });
  row.sub_state = SubState::kReady;
}

void Migrator::Session::Contract(Lease& lease, MigrationRow& row,
                                 const std::string& force_reason) {
  Runner runner(database, ledger, lease, options, row);
  try {
    if (!OnlyForward(row)) GatherEvidence(lease, row, runner, force_reason);
    RunContract(lease, row, runner);
    FinishComplete(lease, row, GaugeLines(row));
  } catch (Error& error) {
    RecordError(row, error);
    const bool resumable = error.poisons_connection() ||
                           error.kind() == ErrorKind::kCancelled ||
                           error.kind() == ErrorKind::kConflict;
    if (!resumable && !OnlyForward(row)) UnsealAfter(lease, row, runner, error);
    throw;
  }
}

void Migrator::Session::RunContract(Lease& lease, MigrationRow& row,
                                    Runner& runner) {
  RunSeal(lease, row, runner);
  for (std::size_t step = 0; step < row.plan.steps.size(); ++step) {
    const Step& planned = row.plan.steps[step];
    if (!InStage(planned, Stage::kDrop)) continue;
    runner.Run(step);
    if (!planned.reversible()) {
      MoveTo(lease, row, Phase::kContracting, SubState::kDropping);
    }
  }
  MoveTo(lease, row, Phase::kContracting, SubState::kDropping);
}

// "Sealed" is recorded with the end of the last step that seals.
void Migrator::Session::RunSeal(Lease& lease, MigrationRow& row,
                                Runner& runner) {
  const std::vector<Step>& steps = row.plan.steps;
  std::size_t last = steps.size();
  for (std::size_t step = 0; step < steps.size(); ++step) {
    if (InStage(steps[step], Stage::kSeal)) last = step;
  }
  const bool sealed = row.phase == Phase::kContracting;
  for (std::size_t step = 0; step < steps.size(); ++step) {
    if (!InStage(steps[step], Stage::kSeal)) continue;
    runner.Run(step, [&] {
      if (sealed || step != last) return;
      ledger.SetPhase(connection(), row.id, Phase::kContracting,
                      SubState::kSealed);
    });
  }
  if (sealed) return;
  if (last == steps.size()) {
    return MoveTo(lease, row, Phase::kContracting, SubState::kSealed);
  }
  row.phase = Phase::kContracting;
  row.sub_state = SubState::kSealed;
}

// A failure while sealing: both versions go on.
void Migrator::Session::Unseal(Lease& lease, MigrationRow& row,
                               Runner& runner) {
  UndoFrom(row, runner, Phase::kContracting);
  ForgetStates(lease, row, Phase::kContracting);
  MoveTo(lease, row, Phase::kMigrating, SubState::kReady);
}

void Migrator::Session::UnsealAfter(Lease& lease, MigrationRow& row,
                                    Runner& runner, Error& error) {
  try {
    Unseal(lease, row, runner);
  } catch (const Error& second) {
    error.WithNote(std::string("the contract was not undone: ") +
                   second.what() + "; run 'segue complete' again");
  }
}

// What was unsealed may be sealed again.
void Migrator::Session::ForgetStates(Lease& lease, const MigrationRow& row,
                                     Phase phase) {
  InLedger(lease, [&] {
    for (std::size_t step = 0; step < row.plan.steps.size(); ++step) {
      if (row.plan.steps[step].phase != phase) continue;
      ledger.ForgetStep(connection(), row.id, static_cast<int>(step));
    }
  });
}

void Migrator::Session::UndoFrom(const MigrationRow& row, Runner& runner,
                                 Phase first) {
  for (std::size_t step = row.plan.steps.size(); step-- > 0;) {
    if (row.plan.steps[step].phase >= first) runner.Undo(step);
  }
}

void Migrator::Session::UndoAll(Lease& lease, MigrationRow& row) {
  // Stopping half-way through an undo helps nobody; a signal is for the work.
  MigratorOptions calm = options;
  calm.cancel = nullptr;
  Runner runner(database, ledger, lease, calm, row);
  UndoFrom(row, runner, Phase::kExpanding);
  FinishRollback(lease, row);
}

void Migrator::Session::UndoAfter(Lease& lease, MigrationRow& row,
                                  Error& error) {
  try {
    UndoAll(lease, row);
    error.WithNote("every executed step was rolled back");
  } catch (const Error& second) {
    error.WithNote(std::string("the rollback failed too: ") + second.what() +
                   "; run 'segue rollback'");
  }
}

void Migrator::Session::FinishRollback(Lease& lease, MigrationRow& row) {
  InLedger(lease, [&] {
    if (!row.plan.version_schema.empty()) {
      engine::PublishedVersions(ledger).Remove(connection(), row.plan.version);
    }
    ledger.SetPhase(connection(), row.id, Phase::kRolledBack, SubState::kNone);
    ledger.AddEvent(connection(), row.id, EventKind::kRolledBack,
                    "Migration was rolled back");
    AddEventToParts(row, EventKind::kRolledBack, "Rolled back");
  });
  row.phase = Phase::kRolledBack;
  row.sub_state = SubState::kNone;
}

void Migrator::Session::FinishComplete(Lease& lease, MigrationRow& row,
                                       const std::vector<std::string>& gauges) {
  InLedger(lease, [&] {
    for (const std::string& line : gauges) {
      ledger.AddEvent(connection(), row.id, EventKind::kContracting, line);
    }
    if (!row.plan.version_schema.empty()) {
      engine::PublishedVersions(ledger).RetireOthers(connection(),
                                                     row.plan.version);
    }
    ledger.SetPhase(connection(), row.id, Phase::kComplete, SubState::kNone);
    ledger.SetError(connection(), row.id, "");
    ledger.AddEvent(connection(), row.id, EventKind::kComplete,
                    "Migration finished successfully");
    AddEventToParts(row, EventKind::kComplete, "Finished");
  });
  row.phase = Phase::kComplete;
  row.sub_state = SubState::kNone;
}

bool Migrator::Session::PastFirstDrop(const MigrationRow& row) {
  for (std::size_t step = 0; step < row.plan.steps.size(); ++step) {
    const auto& actions = row.plan.steps[step].actions;
    for (std::size_t action = 0; action < actions.size(); ++action) {
      if (actions[action].reversible) continue;
      const ActionState state =
          ledger.StateOf(connection(), row.id, static_cast<int>(step),
                         static_cast<int>(action));
      if (state == ActionState::kDone) return true;
      if (state == ActionState::kRunning && HappenedAlone(actions[action])) {
        return true;
      }
    }
  }
  return false;
}

}  // namespace segue
