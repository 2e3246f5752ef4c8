// The main path. Read Start, then Complete, then Rollback; ARCHITECTURE.md
// numbers the same steps.
#include "segue/migrator.h"

#include "backfill/standby.h"
#include "engine/context.h"
#include "engine/contract.h"
#include "engine/gate/item.h"
#include "engine/grants.h"
#include "engine/missing.h"
#include "engine/preflight.h"
#include "engine/run.h"
#include "engine/run_events.h"
#include "engine/run_parts.h"
#include "segue/error.h"

namespace segue {

using engine::MakeRun;
using engine::Run;
using engine::Standing;

Migrator::Migrator(Database& database, MigratorOptions options)
    : context_(
          std::make_unique<engine::Context>(database, std::move(options))) {}

Migrator::~Migrator() = default;

Outcome Migrator::Start(const Migration& migration,
                        const StartOptions& options) {
  if (options.complete) {
    engine::RequireItems(context_->options.accept_unknown);
  }
  //                                              1 its file is validated
  const std::unique_ptr<Run> run = MakeRun(*context_, options.dry_run);
  const Standing standing = run->Begin(migration);  // 2 take the lease
  if (standing == Standing::kComplete) return run->Report();
  if (standing == Standing::kFresh) {
    // 3 inspect, 4 plan
    const engine::Planned planned = engine::PlanFor(*context_, migration);
    run->Preflight(planned);                // 5 pre-flight
    run->Intend(planned, options.explain);  // 6 record the intent
  } else {
    run->Keep(options.explain);
  }
  // 7 expand, 8 install dual writes, 9 backfill, 10 verify, 11 publish: the
  // plan has the steps for these, in this order.
  run->ToReady(options.rollback_on_any_failure);
  if (options.complete) run->Contract("");
  return run->Report();
}

Outcome Migrator::Complete(bool dry_run, const std::string& force_reason,
                           const std::string& named) {
  engine::RequireItems(context_->options.accept_unknown);
  const std::unique_ptr<Run> run = MakeRun(*context_, dry_run);
  // 1 take the lease
  if (!run->Continue(named, Phase::kComplete)) return run->Report();
  run->RequireReady();
  // 2 gather evidence: every item of the gate, every row verified; 3 settle and
  // seal, 4 drop, 5 record.
  run->Contract(force_reason);
  return run->Report();
}

Outcome Migrator::Rollback(bool dry_run, const std::string& abandon_reason,
                           const std::string& named) {
  const std::unique_ptr<Run> run = MakeRun(*context_, dry_run);
  // 1 take the lease
  if (!run->Continue(named, Phase::kRolledBack)) return run->Report();
  // 2 record "rolling back"; 3 undo the contract, withdraw the version, undo
  // every other executed step in reverse; 4 record.
  run->Undo(abandon_reason);
  return run->Report();
}

// The stored plan is executed, so the file is not needed; the stored checksum
// takes the place of the file's.
Outcome Migrator::Resume(const std::string& named) {
  const engine::MigrationRow row = context_->Require(named, Phase::kComplete);
  if (engine::RollingBack(*context_, row)) return Rollback(false, "", named);
  if (row.phase == Phase::kComplete || row.phase == Phase::kContracting ||
      engine::ContractBegun(*context_, row)) {
    return Complete(false, "", named);
  }
  Migration same(row.id, row.title);
  same.checksum = row.checksum;
  return Start(same);
}

Plan Migrator::MakePlan(const Migration& migration) {
  const std::unique_ptr<Run> run = MakeRun(*context_, true);
  const engine::Planned planned = engine::PlanFor(*context_, migration);
  run->Preflight(planned);
  run->Intend(planned, {});
  return run->Report().plan;
}

// The script is what makes the findings about subscribers pass.
std::vector<SubscriberPart> Migrator::PlanSubscribers(
    const Migration& migration) {
  Migration prepared = migration;
  prepared.subscribers_prepared = true;
  engine::Planned planned = engine::PlanFor(*context_, prepared, true);
  engine::RefuseFindings(planned);
  return std::move(planned.for_subscribers);
}

VerifyReport Migrator::Verify(const VerifyOptions& options) {
  const engine::MigrationRow row = context_->RequireActive();
  const base::LogContext about(engine::AboutRun(context_->database, row.id));
  engine::RefuseRollingBack(*context_, row);
  // A contract exchanges the names that the verification reads, and drops what
  // it compares.
  if (row.phase == Phase::kContracting ||
      engine::ContractBegun(*context_, row)) {
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
  engine::RequireWhole(*context_, row);
  std::optional<engine::Standby> standby;
  if (!options.standby.empty()) {
    standby.emplace(context_->database, context_->ledger, options.standby,
                    options.replay_patience);
  }
  engine::Lease lease(context_->database, context_->ledger);
  engine::RunParts parts(*context_, lease, context_->options, row);
  VerifyReport report =
      parts.verifier.VerifyAll(options, standby ? &*standby : nullptr);
  report.grants = engine::UnfollowedGrants(*context_, &row,
                                           engine::LiveVersions(*context_));
  return report;
}

}  // namespace segue
