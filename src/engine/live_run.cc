#include "engine/live_run.h"

#include <algorithm>

#include "base/append.h"
#include "base/clock.h"
#include "base/text.h"
#include "db/client_sessions.h"
#include "db/retry.h"
#include "engine/contract.h"
#include "engine/dry_run.h"
#include "engine/explain.h"
#include "engine/inventory.h"
#include "engine/late_views.h"
#include "engine/missing.h"
#include "engine/preflight.h"
#include "engine/refuse_rollback.h"
#include "engine/run_events.h"
#include "engine/seal.h"
#include "engine/status.h"
#include "engine/version_users.h"
#include "ledger/action_states.h"
#include "ledger/control.h"
#include "ledger/named.h"
#include "ledger/standing.h"
#include "segue/cancel.h"
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

// True for a failure that the next attempt may not meet, so that it is no
// reason to leave something behind.
bool MayPass(const Error& error) {
  return error.retryable() || error.poisons_connection() ||
         error.kind() == ErrorKind::kConflict ||
         error.kind() == ErrorKind::kCancelled;
}

// Returns the step that publishes the version; it is the last of MIGRATING
// before the contract. A supplement comes after the contract's steps.
std::optional<std::size_t> PublishingStep(const Plan& plan) {
  if (plan.version_schema.empty()) return std::nullopt;
  std::optional<std::size_t> last;
  for (std::size_t step = 0; step < plan.steps.size(); ++step) {
    if (plan.steps[step].phase == Phase::kContracting) break;
    if (plan.steps[step].phase == Phase::kMigrating) last = step;
  }
  return last;
}

// True when a seal takes constraints or indexes away, which an undo makes
// again.
bool LiftsWithSeal(const Plan& plan) {
  if (plan.undo_window.count() == 0) return false;
  for (const Step& step : plan.steps) {
    const bool seals =
        step.phase == Phase::kContracting && step.stage == Stage::kSeal;
    for (const PlannedAction& action : step.actions) {
      if (seals && action.description.starts_with("Drop ")) return true;
    }
  }
  return false;
}

void RefuseKills(const Context& context) {
  const MigratorOptions& options = context.options;
  if (options.kill_blockers_after.count() == 0) return;
  if (base::Trim(options.kill_reason).empty()) {
    throw Error(ErrorKind::kUsage,
                "sessions that are in the way are ended only with a reason");
  }
  const db::Dialect& dialect = context.database.dialect();
  if (db::ClientSessionsOf(dialect) != nullptr) return;
  throw Error(
      ErrorKind::kRefused,
      dialect.capabilities().name + " cannot end a session that is in the way")
      .WithHint("leave --kill-blockers-after out");
}

}  // namespace

std::unique_ptr<Run> MakeRun(Context& context, bool dry) {
  RefuseKills(context);
  if (dry) return std::make_unique<DryRun>(context);
  context.database.LeavePooler();
  return std::make_unique<LiveRun>(context);
}

LiveRun::LiveRun(Context& context) : context_(context) {}

// Requests that were meant for the run before do not apply to this one.
void LiveRun::TakeLease() {
  RefuseAwaitedStandby(context_.connection(), context_.database.dialect());
  lease_.emplace(context_.database, context_.ledger);
  transitions_.emplace(context_, *lease_, row_);
  Patiently([&] { Controls(context_.ledger).Ask(context_.connection(), {}); });
  Patiently(
      [&] { Controls(context_.ledger).Allow(context_.connection(), {}); });
}

// A reader can keep every writer of a small database waiting, from the first
// statement on.
void LiveRun::Patiently(const std::function<void()>& work) {
  db::RetryPolicy policy;
  policy.patience = context_.options.lock_patience;
  db::Retry(base::SystemClock(), policy, work,
            [&](const db::RetryNotice& notice) {
              if (context_.options.cancel != nullptr) {
                context_.options.cancel->ThrowIfRequested();
              }
              Progress progress;
              progress.event = Progress::Event::kRetry;
              progress.migration = row_.id;
              progress.message = notice.error.what();
              progress.cause = ToString(notice.error.kind());
              context_.options.listeners.Send(progress);
            });
}

Standing LiveRun::Begin(const Migration& migration) {
  about_.emplace(AboutRun(context_.database, migration.id));
  context_.Adopt(migration);
  Throttle::Check(context_.database, context_.options.pace);
  db::Connection& connection = context_.connection();
  row_.id = migration.id;
  Patiently([&] { context_.ledger.Install(connection); });
  TakeLease();
  CloseWindow(migration);
  Found found = FindMigration(connection, context_.ledger, migration);
  row_ = std::move(found.row);
  parts_ = std::move(found.parts);
  if (found.standing == Standing::kFresh) return found.standing;
  RefuseRollingBack(context_, row_);
  Patiently([&] { context_.ledger.SetError(connection, row_.id, ""); });
  if (found.standing == Standing::kComplete) {
    notes_.push_back("migration '" + row_.id + "' is already complete");
    TellRun(context_.options, row_, Progress::Event::kComplete);
  }
  return found.standing;
}

void LiveRun::CloseWindow(const Migration& migration) {
  const auto active = context_.ledger.Active(context_.connection());
  if (!active || active->id == migration.id) return;
  const auto window = WindowOf(context_, *active);
  if (!window) return;
  if (!window->over()) throw StillSealed(*active, *window);
  row_ = context_.RequireActive();
  Contract("");
  notes_.push_back("migration '" + row_.id +
                   "' is complete: the time to undo it was over");
  row_ = {};
  row_.id = migration.id;
}

// The previous holder of the lease may have changed the phase meanwhile, or
// ended the migration and begun another one, so the row is read again under the
// lease.
bool LiveRun::Continue(const std::string& named, Phase end) {
  row_ = context_.Require(named, end);
  about_.emplace(AboutRun(context_.database, row_.id));
  if (row_.phase != end) {
    TakeLease();
    row_ = context_.Require(named, end);
  }
  acts_ = row_.phase != end;
  if (!acts_) notes_.push_back(OverText(row_));
  return acts_;
}

void LiveRun::Preflight(const Planned& planned) {
  base::Append(engine::Preflight(context_, planned), notes_);
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
  RequireWhole(context_, row_);
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
    if (row_.plan.steps[step].phase != phase) continue;
    RenderLateViews(context_, *transitions_, row_, step);
    parts.steps.Run(step);
  }
}

void LiveRun::WalkToReady(RunParts& parts) {
  if (row_.phase == Phase::kPending) {
    transitions_->MoveTo(Phase::kExpanding, SubState::kNone);
  }
  TellRun(context_.options, row_, Progress::Event::kStarted);
  if (row_.phase == Phase::kExpanding) {
    RunPhase(parts, Phase::kExpanding);
    transitions_->InLedger(
        [&] { KeepInventory(context_.connection(), context_.ledger, row_); });
    transitions_->MoveTo(Phase::kMigrating, SubState::kBackfilling);
  }
  if (row_.sub_state == SubState::kBackfilling) {
    RunPhase(parts, Phase::kMigrating);
    RequireWhole(context_, row_);
    transitions_->BecomeReady();
  }
  const bool ready = row_.sub_state == SubState::kReady;
  if (!ready || ContractBegun(context_, row_)) return;
  if (row_.plan.has_phase(Phase::kContracting)) {
    TellRun(context_.options, row_, Progress::Event::kReady);
  } else {
    transitions_->BecomeComplete({});
  }
}

void LiveRun::RequireReady() {
  RefuseRollingBack(context_, row_);
  if (row_.phase != Phase::kContracting) RefuseUnready(row_);
  TellRun(context_.options, row_, Progress::Event::kStarted);
}

void LiveRun::Contract(const std::string& force_reason, bool drop) {
  if (row_.phase == Phase::kComplete) return;
  RunParts parts(context_, *lease_, context_.options, row_);
  engine::Contract contract(context_, *transitions_, row_, parts);
  try {
    const bool was_sealed = WindowOf(context_, row_).has_value();
    if (const auto window = contract.Walk(force_reason, drop)) {
      acts_ = !was_sealed;
      if (was_sealed) notes_.push_back(SealedText(*window));
      return;
    }
    transitions_->BecomeComplete(GaugeLines(context_, row_));
  } catch (Error& error) {
    transitions_->RecordError(error);
    const bool stays = contract.OnlyForward() || WindowOf(context_, row_);
    if (!MayBeContinued(error) && !stays) contract.UnsealAfter(error);
    TellFailure(context_.options, row_, error);
    throw;
  }
}

void LiveRun::Unseal(const std::string& lossy_reason) {
  RefuseRollingBack(context_, row_);
  if (PastFirstDrop(context_, row_)) {
    throw Error(ErrorKind::kRefused,
                "migration '" + row_.id +
                    "' has dropped the old shape; there is only forward")
        .WithHint("run 'segue complete' to finish it");
  }
  acts_ = row_.phase == Phase::kContracting || ContractBegun(context_, row_);
  if (!acts_) {
    notes_.push_back("migration '" + row_.id +
                     "' is not sealed: both versions are live");
    return;
  }
  TellRun(context_.options, row_, Progress::Event::kStarted);
  RunParts parts(context_, *lease_, context_.options, row_);
  try {
    engine::Contract contract(context_, *transitions_, row_, parts);
    base::Append(contract.Undo(lossy_reason), notes_);
    TellRun(context_.options, row_, Progress::Event::kReady);
  } catch (Error& error) {
    transitions_->RecordError(error);
    TellFailure(context_.options, row_, error);
    throw;
  }
}

void LiveRun::Undo(const std::string& abandon_reason) {
  const bool dropped = PastFirstDrop(context_, row_);
  if (dropped && abandon_reason.empty()) {
    throw Error(ErrorKind::kRefused,
                "migration '" + row_.id +
                    "' has dropped the old shape; there is only forward")
        .WithHint(
            "run 'segue complete' to finish it; where it cannot be finished, "
            "'segue rollback --abandon --reason TEXT' ends it");
  }
  // What the old shape cannot hold is known only while the contract is sealed.
  if (!dropped && WindowOf(context_, row_)) Unseal(abandon_reason);
  if (abandon_reason.empty() && !RollingBack(context_, row_)) {
    RefuseRollback(context_, row_);
  }
  for (const std::string& text : Missing(context_, row_)) {
    notes_.push_back("somebody else has changed what it needs: " + text);
  }
  TellRun(context_.options, row_, Progress::Event::kStarted);
  try {
    if (dropped) {
      notes_.emplace_back("the contract had begun to drop: all of it is left");
      EndRollback(abandon_reason);
    } else {
      UndoAll(abandon_reason);
    }
  } catch (Error& error) {
    transitions_->RecordError(error);
    if (!MayPass(error)) {
      error.WithNote(
          "'segue rollback --abandon --reason TEXT' ends the migration and "
          "leaves what cannot be undone");
    }
    TellFailure(context_.options, row_, error);
    throw;
  }
}

// A signal asks to stop the work. It does not stop an undo, because a half
// undone migration helps nobody.
void LiveRun::UndoAll(const std::string& abandon_reason) {
  BeginRollback();
  MigratorOptions calm = context_.options;
  calm.cancel = nullptr;
  RunParts parts(context_, *lease_, calm, row_);
  std::vector<std::string> gone;
  for (const std::string& step : LastingSteps(context_, row_)) {
    gone.push_back("left as it is, because it cannot be undone: " + step);
  }
  parts.steps.PassOverGone(gone);
  try {
    UndoSteps(parts);
  } catch (const Error& error) {
    if (abandon_reason.empty() || MayPass(error)) throw;
    // What is earlier in the plan may be needed by what is left of this step.
    gone.push_back(std::string("left as it is: ") + error.what());
  }
  if (LiftsWithSeal(row_.plan) && WasSealed(context_, row_)) {
    gone.emplace_back(
        "the contract was sealed before: checks and foreign keys that it had "
        "lifted are NOT VALID until ALTER TABLE ... VALIDATE CONSTRAINT, and "
        "what hung on lifted constraints and indexes, as comments, is not "
        "back");
  }
  notes_.insert(notes_.end(), gone.begin(), gone.end());
  EndRollback(abandon_reason);
}

void LiveRun::BeginRollback() {
  if (row_.sub_state == SubState::kRollingBack) return;
  const std::vector<std::string> users = VersionUsers(context_, row_);
  transitions_->BeginRollback(users);
  if (users.empty()) return;
  notes_.push_back(
      "version " + row_.plan.version_schema +
      " was in use, and refuses from now on: " + base::Join(users, ", "));
}

// The applications of the new version need what the steps before the contract
// have made, so that the version is withdrawn before these are undone.
void LiveRun::UndoSteps(RunParts& parts) {
  UndoFrom(Phase::kContracting, row_.plan, parts.steps);
  Withdraw(parts);
  UndoFrom(Phase::kExpanding, row_.plan, parts.steps);
}

void LiveRun::Withdraw(RunParts& parts) {
  const std::optional<std::size_t> step = PublishingStep(row_.plan);
  if (!step) return;
  const std::string& version = row_.plan.version_schema;
  const db::Dialect& dialect = context_.database.dialect();
  const PlannedAction retire = RetireAction(context_, version);
  parts.steps.UndoWith(*step, retire.lock, [&] {
    dialect.RefuseVersion(
        context_.connection(), version,
        "version " + version +
            " is rolling back: its applications have to go back to the version "
            "before");
  });
}

void LiveRun::EndRollback(const std::string& abandoned) {
  const std::string reason =
      abandoned.empty() || notes_.empty()
          ? abandoned
          : abandoned + " (" + base::Join(notes_, "; ") + ")";
  const db::Dialect& dialect = context_.database.dialect();
  db::Connection& connection = context_.connection();
  const std::string& version = row_.plan.version_schema;
  const bool used = WasUsed(context_, row_);
  transitions_->BecomeRolledBack(
      [&] {
        if (version.empty()) return false;
        if (used) {
          dialect.RefuseVersion(connection, version, RolledBackReason(version));
        } else {
          dialect.RemoveRefused(connection, version);
        }
        return used;
      },
      reason);
  if (!used) return;
  notes_.push_back("version " + version +
                   " goes on refusing its applications, until 'segue versions "
                   "forget " +
                   row_.plan.version + "'");
}

void LiveRun::UndoAfter(Error& error) {
  try {
    const std::vector<std::string> lasting = LastingSteps(context_, row_);
    UndoAll("");
    error.WithNote(lasting.empty()
                       ? "every executed step was rolled back"
                       : "every executed step was rolled back but " +
                             base::Join(lasting, "; ") +
                             ", which cannot be undone");
  } catch (const Error& second) {
    error.WithNote(std::string("the rollback failed too: ") + second.what() +
                   "; run 'segue rollback'");
  }
}

Outcome LiveRun::Report() {
  Outcome outcome = OutcomeOf(context_, row_.id);
  outcome.notes = std::move(notes_);
  outcome.acted = acts_;
  if (acts_ && !outcome.status.is_active()) {
    base::Append(StrandedRoles(context_, row_), outcome.notes);
  }
  return outcome;
}

}  // namespace segue::engine
