#include "engine/transitions.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "db/retry.h"
#include "engine/explain.h"
#include "engine/gate/soak.h"
#include "engine/gate/statements.h"
#include "engine/gate/transactions.h"
#include "engine/gate/usage.h"
#include "engine/gate/writes.h"
#include "engine/holders.h"
#include "engine/inventory.h"
#include "engine/run_events.h"
#include "engine/seal.h"
#include "ledger/observations.h"
#include "ledger/versions.h"
#include "segue/error.h"

namespace segue::engine {

// A client may hold the lock on a small database for a moment, so this retries
// as the steps do.
void Transitions::InLedger(const std::function<void()>& work) {
  db::RetryPolicy policy;
  policy.patience = context_.options.lock_patience;
  db::Retry(base::SystemClock(), policy, [&] {
    db::TransactionOptions options{db::Purpose::kLedger, context_.LockBudget()};
    options.confirmed = true;
    db::Transaction transaction(connection(), options);
    lease_.Fence(connection());
    work();
    transaction.Commit();
  });
}

void Transitions::AddEvent(EventKind kind, const std::string& message) {
  ledger().AddEvent(connection(), row_.id, kind, message);
}

void Transitions::AddEventToParts(EventKind kind, const std::string& verb) {
  for (const std::string& part : ledger().Folded(connection(), row_.id)) {
    ledger().AddEvent(connection(), part, kind, verb + " with " + row_.id);
  }
}

void Transitions::Set(Phase phase, SubState sub_state) {
  row_.phase = phase;
  row_.sub_state = sub_state;
}

void Transitions::Intend(const std::vector<MigrationRow>& parts,
                         const std::vector<std::string>& queries,
                         const std::vector<std::string>& notes) {
  const std::vector<QueryChange> seen = Seen(context_, queries);
  const std::vector<GaugeReading> readings = ReadGauges(context_, row_.plan);
  InLedger([&] {
    ledger().Create(connection(), row_);
    Keep(context_, row_.id, seen);
    SaveGauges(context_, row_, readings);
    for (const MigrationRow& part : parts) {
      ledger().Create(connection(), part);
      ledger().AddEvent(connection(), part.id, EventKind::kFolded,
                        "Its work is done by the plan of " + row_.id);
    }
    for (const std::string& note : notes) AddEvent(EventKind::kNote, note);
  });
}

void Transitions::MoveTo(Phase phase, SubState sub_state) {
  if (row_.phase == phase && row_.sub_state == sub_state) return;
  if (!CanMove(row_.phase, row_.sub_state, phase, sub_state)) {
    throw Error(ErrorKind::kInternal, "a migration cannot go from " +
                                          std::string(ToString(row_.phase)) +
                                          " to " +
                                          std::string(ToString(phase)));
  }
  InLedger([&] { ledger().SetPhase(connection(), row_.id, phase, sub_state); });
  Set(phase, sub_state);
}

void Transitions::BecomeReady() {
  const std::vector<std::string> gauges = GaugeLines(context_, row_);
  const Plan& plan = row_.plan;
  SettleUsage(context_, row_);
  const HoldersFound holders = FindHolders(context_, row_);
  InLedger([&] {
    ledger().SetPhase(connection(), row_.id, Phase::kMigrating,
                      SubState::kReady);
    for (const std::string& line : gauges)
      AddEvent(EventKind::kMigrating, line);
    RecordUsage(context_, row_);
    RecordHolders(context_, row_, holders);
    RecordSwitch(context_, row_);
    RecordSoak(context_, row_);
    RecordStatements(context_, row_);
    LookAtWrites(context_, row_);
    ledger().SetError(connection(), row_.id, "");
    if (!plan.version_schema.empty()) {
      PublishedVersions(ledger()).Add(connection(), plan.version,
                                      plan.version_schema);
    }
    if (plan.has_phase(Phase::kContracting)) {
      AddEvent(EventKind::kReady, "Both versions are live");
    }
  });
  Set(Phase::kMigrating, SubState::kReady);
}

void Transitions::RecordSealed() {
  ledger().SetPhase(connection(), row_.id, Phase::kContracting,
                    SubState::kSealed);
  if (row_.plan.undo_window.count() == 0) return;
  RecordSeal(context_, row_);
  AddEvent(EventKind::kContracting,
           "Sealed; can be undone for " + FormatDuration(static_cast<double>(
                                              row_.plan.undo_window.count())));
}

void Transitions::BecomeSealed() {
  Set(Phase::kContracting, SubState::kSealed);
  TellRun(context_.options, row_, Progress::Event::kSealed);
}

void Transitions::BecomeComplete(const std::vector<std::string>& gauges) {
  InLedger([&] {
    for (const std::string& line : gauges)
      AddEvent(EventKind::kContracting, line);
    if (!row_.plan.version_schema.empty()) {
      PublishedVersions(ledger()).RetireOthers(connection(), row_.plan.version,
                                               row_.plan.kept_versions);
    }
    ledger().SetPhase(connection(), row_.id, Phase::kComplete, SubState::kNone);
    ledger().SetError(connection(), row_.id, "");
    AddEvent(EventKind::kComplete, "Migration finished successfully");
    AddEventToParts(EventKind::kComplete, "Finished");
  });
  Set(Phase::kComplete, SubState::kNone);
  TellRun(context_.options, row_, Progress::Event::kComplete);
}

void Transitions::BeginRollback(const std::vector<std::string>& users) {
  if (row_.sub_state == SubState::kRollingBack) return;
  InLedger([&] {
    ledger().SetPhase(connection(), row_.id, row_.phase,
                      SubState::kRollingBack);
    if (!row_.plan.version_schema.empty()) {
      PublishedVersions(ledger()).BeginRollback(connection(),
                                                row_.plan.version);
    }
    if (users.empty()) return;
    AddEvent(EventKind::kNote, "Version " + row_.plan.version_schema +
                                   " was in use: " + base::Join(users, ", "));
    Observations(ledger()).Save(
        connection(), row_.id, ObservationKind::kUsers, row_.plan.version,
        std::vector<db::Value>(users.begin(), users.end()));
  });
  Set(row_.phase, SubState::kRollingBack);
}

void Transitions::BecomeRolledBack(const std::function<bool()>& last,
                                   const std::string& abandoned) {
  const SubState end =
      abandoned.empty() ? SubState::kNone : SubState::kAbandoned;
  InLedger([&] {
    const bool leaves = last && last();
    const PublishedVersions published(ledger());
    if (leaves) {
      published.Retire(connection(),
                       {row_.plan.version, row_.plan.version_schema, "", ""});
    } else if (!row_.plan.version_schema.empty()) {
      published.Remove(connection(), row_.plan.version);
    }
    ledger().SetPhase(connection(), row_.id, Phase::kRolledBack, end);
    if (!abandoned.empty()) AddEvent(EventKind::kAbandoned, abandoned);
    AddEvent(EventKind::kRolledBack, "Migration was rolled back");
    AddEventToParts(EventKind::kRolledBack, "Rolled back");
  });
  Set(Phase::kRolledBack, end);
  TellRun(context_.options, row_, Progress::Event::kRolledBack);
}

void Transitions::ForgetContract(
    const std::function<bool(const Step&)>& which) {
  for (std::size_t step = 0; step < row_.plan.steps.size(); ++step) {
    const Step& planned = row_.plan.steps[step];
    if (planned.phase != Phase::kContracting || !which(planned)) continue;
    ledger().ForgetStep(connection(), row_.id, static_cast<int>(step));
  }
}

void Transitions::ForgetDrops() {
  InLedger([&] {
    ForgetContract([](const Step& step) { return step.stage == Stage::kDrop; });
  });
}

void Transitions::BecomeUnsealed() {
  InLedger([&] {
    ForgetContract([](const Step&) { return true; });
    if (row_.plan.undo_window.count() > 0) {
      KeepBroughtBack(connection(), ledger(), row_);
    }
    ledger().SetPhase(connection(), row_.id, Phase::kMigrating,
                      SubState::kReady);
  });
  Set(Phase::kMigrating, SubState::kReady);
}

void Transitions::RecordError(const Error& error) {
  try {
    if (!connection().alive()) return;
    db::Transaction transaction(connection(), {});
    ledger().SetError(connection(), row_.id, error.what());
    AddEvent(error.kind() == ErrorKind::kCancelled ? EventKind::kStopped
                                                   : EventKind::kFailed,
             error.what());
    transaction.Commit();
  } catch (const Error& second) {
    base::Log(base::LogLevel::kWarning,
              std::string("the failure was not recorded: ") + second.what());
  }
}

}  // namespace segue::engine
