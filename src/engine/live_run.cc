#include "engine/live_run.h"

#include "engine/contract.h"
#include "engine/dry_run.h"
#include "engine/explain.h"
#include "engine/preflight.h"
#include "engine/run_events.h"
#include "engine/status.h"
#include "ledger/control.h"
#include "ledger/standing.h"
#include "segue/error.h"
#include "throttle/awaited_standby.h"
#include "throttle/throttle.h"

namespace segue::engine {
namespace {

// An error that the migration itself has caused undoes what was done. An error
// that comes from its surroundings leaves a state that can be continued.
bool UndoesStart(const Error& error, const RunParts& parts,
                 bool undo_on_any_failure) {
  if (parts.session.cancelled_by_request()) return true;
  if (error.poisons_connection() || error.kind() == ErrorKind::kConflict) {
    return false;
  }
  const bool resumable =
      error.retryable() || error.kind() == ErrorKind::kCancelled;
  return !resumable || undo_on_any_failure;
}

// True for a failure after which a contract stays as it is: an interruption
// says nothing about the migration, and the next run gathers the evidence anew.
bool MayBeContinued(const Error& error) {
  return error.poisons_connection() || error.kind() == ErrorKind::kCancelled ||
         error.kind() == ErrorKind::kConflict;
}

}  // namespace

std::unique_ptr<Run> MakeRun(Context& context, bool dry) {
  if (dry) return std::make_unique<DryRun>(context);
  return std::make_unique<LiveRun>(context);
}

LiveRun::LiveRun(Context& context) : context_(context) {}

// Requests that were meant for the run before do not apply to this one.
void LiveRun::TakeLease() {
  RefuseAwaitedStandby(context_.connection(), context_.database.dialect());
  lease_.emplace(context_.database, context_.ledger);
  transitions_.emplace(context_, *lease_, row_);
  Controls(context_.ledger).Ask(context_.connection(), {});
  Controls(context_.ledger).Allow(context_.connection(), {});
}

Standing LiveRun::Begin(const Migration& migration) {
  about_.emplace(AboutRun(context_.database, migration.id));
  context_.Adopt(migration);
  Throttle::Check(context_.database, context_.options.pace);
  db::Connection& connection = context_.connection();
  context_.ledger.Install(connection);
  TakeLease();
  Found found = FindMigration(connection, context_.ledger, migration);
  row_ = std::move(found.row);
  parts_ = std::move(found.parts);
  if (found.standing == Standing::kFresh) return found.standing;
  context_.ledger.SetError(connection, row_.id, "");
  if (found.standing == Standing::kComplete) {
    notes_.push_back("migration '" + row_.id + "' is already complete");
    TellRun(context_.options, row_, Progress::Event::kComplete);
  }
  return found.standing;
}

// The previous holder of the lease may have changed the phase meanwhile, so the
// row is read again under the lease.
void LiveRun::Continue() {
  about_.emplace(AboutRun(context_.database, context_.RequireActive().id));
  TakeLease();
  row_ = context_.RequireActive();
}

void LiveRun::Preflight(const Planned& planned) {
  notes_ = engine::Preflight(context_, planned);
}

void LiveRun::Intend(const Planned& planned,
                     const std::vector<std::string>& queries) {
  row_.plan = planned.plan;
  transitions_->Intend(parts_, queries, notes_);
}

void LiveRun::Keep(const std::vector<std::string>& queries) {
  if (queries.empty()) return;
  std::vector<QueryChange> seen = Seen(context_, queries);
  Compare(context_, row_.id, seen);
  transitions_->InLedger([&] { engine::Keep(context_, row_.id, seen); });
}

void LiveRun::ToReady(bool undo_on_any_failure) {
  std::optional<RunParts> parts(std::in_place, context_, *lease_,
                                context_.options, row_);
  try {
    WalkToReady(*parts);
  } catch (Error& error) {
    transitions_->RecordError(error);
    const bool undoes = UndoesStart(error, *parts, undo_on_any_failure);
    // The session handles signals as long as it exists, and a further signal
    // must not interrupt the undo.
    parts.reset();
    if (undoes) UndoAfter(error);
    TellFailure(context_.options, row_, error);
    throw;
  }
}

void LiveRun::RunPhase(RunParts& parts, Phase phase) {
  for (std::size_t step = 0; step < row_.plan.steps.size(); ++step) {
    if (row_.plan.steps[step].phase == phase) parts.steps.Run(step);
  }
}

void LiveRun::WalkToReady(RunParts& parts) {
  if (row_.phase == Phase::kPending) {
    transitions_->MoveTo(Phase::kExpanding, SubState::kNone);
  }
  TellRun(context_.options, row_, Progress::Event::kStarted);
  if (row_.phase == Phase::kExpanding) {
    RunPhase(parts, Phase::kExpanding);
    transitions_->MoveTo(Phase::kMigrating, SubState::kBackfilling);
  }
  if (row_.sub_state == SubState::kBackfilling) {
    RunPhase(parts, Phase::kMigrating);
    transitions_->BecomeReady();
  }
  if (row_.sub_state != SubState::kReady) return;
  if (row_.plan.has_phase(Phase::kContracting)) {
    TellRun(context_.options, row_, Progress::Event::kReady);
  } else {
    transitions_->BecomeComplete({});
  }
}

void LiveRun::RequireReady() {
  const bool ready = row_.sub_state == SubState::kReady;
  if (!ready && row_.phase != Phase::kContracting) {
    throw Error(ErrorKind::kRefused, "migration '" + row_.id +
                                         "' is not ready: it is " +
                                         std::string(ToString(row_.phase)))
        .WithHint("let 'segue start' or 'segue resume' finish first");
  }
  TellRun(context_.options, row_, Progress::Event::kStarted);
}

void LiveRun::Contract(const std::string& force_reason) {
  if (row_.phase == Phase::kComplete) return;
  RunParts parts(context_, *lease_, context_.options, row_);
  engine::Contract contract(context_, *transitions_, row_, parts);
  try {
    if (!contract.OnlyForward()) contract.GatherEvidence(force_reason);
    contract.Seal();
    contract.Drop();
    transitions_->BecomeComplete(GaugeLines(context_, row_));
  } catch (Error& error) {
    transitions_->RecordError(error);
    if (!MayBeContinued(error) && !contract.OnlyForward()) {
      contract.UnsealAfter(error);
    }
    TellFailure(context_.options, row_, error);
    throw;
  }
}

void LiveRun::Undo() {
  if (PastFirstDrop(context_, row_)) {
    throw Error(ErrorKind::kRefused,
                "migration '" + row_.id +
                    "' has dropped the old shape; there is only forward")
        .WithHint("run 'segue complete' to finish it");
  }
  TellRun(context_.options, row_, Progress::Event::kStarted);
  try {
    UndoAll();
  } catch (const Error& error) {
    transitions_->RecordError(error);
    TellFailure(context_.options, row_, error);
    throw;
  }
}

// A signal asks to stop the work. It does not stop an undo, because a half
// undone migration helps nobody.
void LiveRun::UndoAll() {
  MigratorOptions calm = context_.options;
  calm.cancel = nullptr;
  RunParts parts(context_, *lease_, calm, row_);
  UndoFrom(Phase::kExpanding, row_.plan, parts.steps);
  transitions_->BecomeRolledBack();
}

void LiveRun::UndoAfter(Error& error) {
  try {
    UndoAll();
    error.WithNote("every executed step was rolled back");
  } catch (const Error& second) {
    error.WithNote(std::string("the rollback failed too: ") + second.what() +
                   "; run 'segue rollback'");
  }
}

Outcome LiveRun::Report() {
  Outcome outcome = OutcomeOf(context_, row_.id);
  outcome.notes = std::move(notes_);
  return outcome;
}

}  // namespace segue::engine
