// The main path. Read Start, then Complete, then Rollback; ARCHITECTURE.md
// numbers the same steps.
#include "segue/migrator.h"

#include "engine/run_events.h"
#include "engine/session.h"
#include "ledger/pending.h"
#include "segue/error.h"

namespace segue {
namespace {

using engine::Lease;
using engine::MigrationRow;
using engine::RefuseChangedFile;
using engine::Runner;

// R1.4: an error of the migration's own making undoes what was done; what the
// surroundings did to it leaves a state that can be continued.
bool UndoesStart(const Error& error, const Runner& runner,
                 const StartOptions& options) {
  if (runner.cancelled_by_request()) return true;
  if (error.poisons_connection() || error.kind() == ErrorKind::kConflict) {
    return false;
  }
  const bool resumable =
      error.retryable() || error.kind() == ErrorKind::kCancelled;
  return !resumable || options.rollback_on_any_failure;
}

void RefuseOtherActive(const MigrationRow& active,
                       const std::optional<MigrationRow>& row,
                       const std::string& id) {
  if (active.id == id) return;
  if (row && row->folded_into == active.id) {
    throw Error(ErrorKind::kRefused, "migration '" + id + "' is a part of '" +
                                         active.id + "', which is active (" +
                                         std::string(ToString(active.phase)) +
                                         ")")
        .WithHint("'segue resume' goes on with all of it");
  }
  throw Error(ErrorKind::kRefused, "migration '" + active.id + "' is active (" +
                                       std::string(ToString(active.phase)) +
                                       ")")
      .WithHint("complete it or roll it back first");
}

}  // namespace

Migrator::Migrator(Database& database, MigratorOptions options)
    : session_(std::make_unique<Session>(database, std::move(options))) {}

Migrator::~Migrator() = default;

Plan Migrator::MakePlan(const Migration& migration) {
  engine::Planned planned = session_->PlanFor(migration);
  for (const Finding& finding : planned.findings) {
    if (finding.severity == Finding::Severity::kError) {
      throw Error(ErrorKind::kRefused, finding.message)
          .WithSource(finding.source);
    }
    planned.plan.notes.push_back(finding.message);
  }
  planned.plan.findings = std::move(planned.findings);
  return planned.plan;
}

Outcome Migrator::Start(const Migration& migration,
                        const StartOptions& options) {
  Session& session = *session_;
  const base::LogContext about(
      engine::AboutRun(session.database, migration.id));
  if (options.dry_run) {
    if (!options.explain.empty()) {
      throw Error(ErrorKind::kUsage,
                  "a dry run keeps nothing, so no plans of queries either");
    }
    const Plan plan = MakePlan(migration);
    std::vector<HistoryEntry> log;
    engine::DryRunner runner(plan, log);
    for (std::size_t step = 0; step < plan.steps.size(); ++step) {
      if (plan.steps[step].phase != Phase::kContracting || options.complete) {
        runner.Run(step);
      }
    }
    return session.DryRun(plan, log);
  }
  session.Adopt(migration);
  // 1 The file was validated when it was loaded; 2 take the lease.
  engine::Throttle::Check(session.database, session.options.pace);
  session.ledger.Install(session.connection());
  Lease lease(session.database, session.ledger);
  session.ClearControl();
  const auto active = session.ledger.Active(session.connection());
  auto row = session.ledger.Load(session.connection(), migration.id);
  if (active) RefuseOtherActive(*active, row, migration.id);
  const bool known = row && row->phase != Phase::kRolledBack;
  if (known) RefuseChangedFile(*row, migration);
  for (const Migration& part : migration.folded) {
    session.CheckPart(part, known ? row->id : "");
  }
  if (known) session.ledger.SetError(session.connection(), row->id, "");
  if (known && row->phase == Phase::kComplete) {
    Outcome outcome = session.OutcomeOf(row->id);
    outcome.notes.push_back("migration '" + row->id + "' is already complete");
    engine::TellRun(session.options, *row, Progress::Event::kComplete);
    return outcome;
  }
  std::vector<std::string> notes;
  if (!known) {
    // 3 inspect, 4 plan, 5 pre-flight, 6 record the intent.
    const engine::Planned planned = session.PlanFor(migration);
    notes = session.Preflight(planned);
    row =
        session.Intend(lease, migration, planned.plan, options.explain, notes);
  } else if (!options.explain.empty()) {
    std::vector<QueryChange> seen = session.Seen(options.explain);
    session.Compare(row->id, seen);
    session.InLedger(lease, [&] { session.Keep(row->id, seen); });
  }
  {
    Runner runner(session.database, session.ledger, lease, session.options,
                  *row);
    try {
      // 7 expand, 8 install dual writes, 9 backfill, 10 verify, 11 publish.
      session.RunToReady(lease, *row, runner);
    } catch (Error& error) {
      session.RecordError(*row, error);
      if (UndoesStart(error, runner, options)) {
        session.UndoAfter(lease, *row, error);
      }
      engine::TellFailure(session.options, *row, error);
      throw;
    }
  }
  if (options.complete && row->phase != Phase::kComplete) {
    session.Contract(lease, *row);
  }
  Outcome outcome = session.OutcomeOf(row->id);
  outcome.notes = std::move(notes);
  return outcome;
}

Outcome Migrator::Complete(bool dry_run, const std::string& force_reason) {
  Session& session = *session_;
  MigrationRow row = session.RequireActive();
  const base::LogContext about(engine::AboutRun(session.database, row.id));
  if (dry_run) {
    std::vector<HistoryEntry> log;
    engine::DryRunner runner(row.plan, log);
    for (std::size_t step = 0; step < row.plan.steps.size(); ++step) {
      if (row.plan.steps[step].phase == Phase::kContracting) runner.Run(step);
    }
    return session.DryRun(row.plan, log);
  }
  // 1 the lease; whoever held it may have changed the phase meanwhile.
  Lease lease(session.database, session.ledger);
  session.ClearControl();
  row = session.RequireActive();
  const bool ready = row.sub_state == SubState::kReady;
  if (!ready && row.phase != Phase::kContracting) {
    throw Error(ErrorKind::kRefused, "migration '" + row.id +
                                         "' is not ready: it is " +
                                         std::string(ToString(row.phase)))
        .WithHint("let 'segue start' or 'segue resume' finish first");
  }
  engine::TellRun(session.options, row, Progress::Event::kStarted);
  // 2 what is in use, and re-verify; 3 settle and seal, 4 drop, 5 record.
  session.Contract(lease, row, force_reason);
  return session.OutcomeOf(row.id);
}

Outcome Migrator::Rollback(bool dry_run) {
  Session& session = *session_;
  MigrationRow row = session.RequireActive();
  const base::LogContext about(engine::AboutRun(session.database, row.id));
  if (dry_run) {
    session.ledger.LoadStates(session.connection(), row.id, row.plan);
    std::vector<HistoryEntry> log;
    engine::DryRunner runner(row.plan, log);
    for (std::size_t step = row.plan.steps.size(); step-- > 0;) {
      if (row.plan.steps[step].executed) runner.Undo(step);
    }
    return session.DryRun(row.plan, log);
  }
  Lease lease(session.database, session.ledger);
  session.ClearControl();
  row = session.RequireActive();
  if (session.PastFirstDrop(row)) {
    throw Error(ErrorKind::kRefused,
                "migration '" + row.id +
                    "' has dropped the old shape; there is only forward")
        .WithHint("run 'segue complete' to finish it");
  }
  engine::TellRun(session.options, row, Progress::Event::kStarted);
  try {
    session.UndoAll(lease, row);
  } catch (const Error& error) {
    session.RecordError(row, error);
    engine::TellFailure(session.options, row, error);
    throw;
  }
  return session.OutcomeOf(row.id);
}

Outcome Migrator::Resume() {
  const MigrationRow row = session_->RequireActive();
  if (row.phase == Phase::kContracting || session_->ContractBegun(row)) {
    return Complete();
  }
  Migration same(row.id, row.title);
  same.checksum = row.checksum;
  return Start(same);
}

VerifyReport Migrator::Verify(const VerifyOptions& options) {
  Session& session = *session_;
  const MigrationRow row = session.RequireActive();
  const base::LogContext about(engine::AboutRun(session.database, row.id));
  // It has exchanged names that the check reads, and what it drops is gone.
  if (row.phase == Phase::kContracting || session.ContractBegun(row)) {
    throw Error(ErrorKind::kRefused,
                "migration '" + row.id +
                    "' is being completed, so old and new are not compared "
                    "here any more")
        .WithHint(
            "'segue complete' proves all rows again as long as nothing is "
            "dropped; until then 'segue rollback' undoes it");
  }
  if (row.sub_state != SubState::kReady) {
    throw Error(ErrorKind::kRefused, "migration '" + row.id +
                                         "' is not ready, so there is nothing "
                                         "to verify yet");
  }
  std::optional<engine::Standby> standby;
  if (!options.standby.empty()) {
    standby.emplace(session.database, session.ledger, options.standby,
                    options.replay_patience);
  }
  Lease lease(session.database, session.ledger);
  Runner runner(session.database, session.ledger, lease, session.options, row);
  return runner.VerifyAll(options, standby ? &*standby : nullptr);
}

}  // namespace segue
