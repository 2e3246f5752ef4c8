// What a Migrator works with, and what Start, Complete and Rollback share.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engine/gauges.h"
#include "engine/runner.h"
#include "ledger/ledger.h"
#include "planner/planner.h"
#include "segue/migrator.h"

namespace segue {

class Migrator::Session {
 public:
  Session(Database& database, MigratorOptions options);

  // --- planning ---
  engine::Planned PlanFor(const Migration& migration);
  // Throws kRefused with all findings that forbid the migration, and tries
  // the expressions on the rows there are; where rows that they fail on are
  // marked, it answers which these are.
  std::vector<std::string> Preflight(const engine::Planned& planned);

  // --- the ledger ---
  // Throws kNotFound when the schema is not there.
  void RequireSchema();
  // The active migration or kNotFound.
  engine::MigrationRow RequireActive();
  // Moves the phase, if CanMove allows it; a no-op when it is there already.
  void MoveTo(engine::Lease& lease, engine::MigrationRow& row, Phase phase,
              SubState sub_state);
  // One fenced transaction of the ledger, tried again while it is locked.
  void InLedger(engine::Lease& lease, const std::function<void()>& work);
  // Best effort: a failure to record a failure is only logged.
  void RecordError(const engine::MigrationRow& row, const Error& error);
  void ClearControl();
  // Changes what is asked of whoever runs the active migration.
  void Ask(const std::function<void(engine::Control&)>& change);

  // Throws kRefused when this part of a fold was changed since it was begun, or
  // is not a part of `whole` (empty: the fold has not begun) any more.
  void CheckPart(const Migration& part, const std::string& whole);
  // Writes the migration and its plan down before anything is done, with the
  // plans of these queries, what the gauges say and what the pre-flight noted.
  engine::MigrationRow Intend(engine::Lease& lease, const Migration& migration,
                              const Plan& plan,
                              const std::vector<std::string>& queries,
                              const std::vector<std::string>& notes);

  // --- how queries are run (explain.cc) ---
  // As the base schema and each live version see them now, query by query;
  // `before` and `verdict` are empty.
  std::vector<QueryChange> Seen(const std::vector<std::string>& queries);
  // Fills `before`, where there is one, and `verdict`.
  void Compare(const std::string& id, std::vector<QueryChange>& changes);
  // Those without `before`; part of the caller's transaction.
  void Keep(const std::string& id, const std::vector<QueryChange>& changes);

  // --- walking a plan ---
  // What the file says of how its rows are to be moved counts more than what
  // is said for all.
  void Adopt(const Migration& migration);
  // EXPANDING and MIGRATING, up to ready; COMPLETE when nothing is replaced.
  void RunToReady(engine::Lease& lease, engine::MigrationRow& row,
                  engine::Runner& runner);
  // Gathers the evidence, seals, drops, records; unseals after a failure. With
  // a `force_reason` what is still in use is dropped all the same.
  void Contract(engine::Lease& lease, engine::MigrationRow& row,
                const std::string& force_reason = "");
  // Moves rows of a walk beside its runner; answers how many.
  std::int64_t HelpWith(const engine::MigrationRow& row,
                        const std::string& motion, const std::string& doing);
  // Undoes every executed step in reverse and records it.
  void UndoAll(engine::Lease& lease, engine::MigrationRow& row);
  // The same after `error`, which it never hides: what happens is noted in it.
  void UndoAfter(engine::Lease& lease, engine::MigrationRow& row, Error& error);
  // True when something was dropped that nothing brings back.
  bool PastFirstDrop(const engine::MigrationRow& row);
  // True when something of the contract was run and not undone.
  bool ContractBegun(const engine::MigrationRow& row);

  Outcome OutcomeOf(const std::string& id);
  MigrationStatus StatusOf(engine::MigrationRow row);
  Outcome DryRun(const Plan& plan, const std::vector<HistoryEntry>& log);
  Outcome DryRunActive(bool complete);

  db::Connection& connection() { return database.connection(); }
  std::chrono::milliseconds LockBudget() const;

  Database& database;
  MigratorOptions options;  // with what the migration asks for
  const MigratorOptions given;
  engine::Ledger ledger;

 private:
  // A ledger row for one whose work the plan of `whole` does.
  void IntendPart(const Migration& part, const std::string& whole);
  // In the history of each that is folded into it.
  void AddEventToParts(const engine::MigrationRow& row, EventKind kind,
                       const std::string& verb);
  engine::Planned PatientlyPlan(const engine::PlannerInput& input);
  void RunPhase(engine::MigrationRow& row, engine::Runner& runner, Phase phase);
  void RecordReady(engine::Lease& lease, engine::MigrationRow& row);
  // gauges.cc
  std::vector<engine::GaugeReading> ReadGauges(const Plan& plan);
  void SaveGauges(const engine::MigrationRow& row,
                  const std::vector<engine::GaugeReading>& readings);
  // What has changed since, a line of the history for each table.
  std::vector<std::string> GaugeLines(const engine::MigrationRow& row);
  // usage.cc
  void RefuseObjections(const PlannedAction& action);
  // Throw kRefused for rows that must not be; a note for those to be marked.
  std::optional<std::string> TryUp(const TrialSql& trial, bool mark);
  void TryConstraint(const TrialSql& trial, bool mark);
  void RecordUsage(const engine::MigrationRow& row);
  std::vector<std::string> UsedSinceReady(const engine::MigrationRow& row);
  void RefuseUsed(engine::Lease& lease, const engine::MigrationRow& row,
                  const std::string& force_reason);
  // evidence.cc
  // True for what runs outside a transaction and did happen, whoever died
  // before writing it down.
  bool HappenedAlone(const PlannedAction& action);
  // Past the first drop, or all that is left is to say that it is complete.
  bool OnlyForward(const engine::MigrationRow& row);
  // Throws unless nothing that will be dropped is in use (or a reason is
  // given) and old and new agree in every row, as they are now.
  void GatherEvidence(engine::Lease& lease, engine::MigrationRow& row,
                      engine::Runner& runner, const std::string& force_reason);
  // Whether an action of the contract, or of what goes before it, is in one of
  // these states.
  bool AnyIs(const engine::MigrationRow& row, bool of_contract,
             const std::vector<engine::ActionState>& states);
  void RunSeal(engine::Lease& lease, engine::MigrationRow& row,
               engine::Runner& runner);
  void RunContract(engine::Lease& lease, engine::MigrationRow& row,
                   engine::Runner& runner);
  void Unseal(engine::Lease& lease, engine::MigrationRow& row,
              engine::Runner& runner);
  // The same after `error`, which it never hides.
  void UnsealAfter(engine::Lease& lease, engine::MigrationRow& row,
                   engine::Runner& runner, Error& error);
  void ForgetStates(engine::Lease& lease, const engine::MigrationRow& row,
                    Phase phase);
  // Undoes what was executed of phases from `first` on, in reverse.
  void UndoFrom(const engine::MigrationRow& row, engine::Runner& runner,
                Phase first);
  void FinishRollback(engine::Lease& lease, engine::MigrationRow& row);
  void FinishComplete(engine::Lease& lease, engine::MigrationRow& row,
                      const std::vector<std::string>& gauges = {});
  void AddRows(const engine::MigrationRow& row, MigrationStatus& status);
  void AddPace(MigrationStatus& status);
};

}  // namespace segue
