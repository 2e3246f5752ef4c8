// A run on a scripted database, for tests of the parts that move rows and run
// steps.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "backfill/reporter.h"
#include "backfill/run_context.h"
#include "backfill/runner_session.h"
#include "ledger/lease.h"
#include "ledger/ledger.h"
#include "plan/planned.h"
#include "segue/cancel.h"
#include "tests/doubles/scripted_database.h"

namespace segue::engine {

// Returns a walk whose statements tell what they do: "FILL all", "FILL after",
// ...
inline WalkSql WalkNamed(const std::string& verb, bool writes) {
  WalkSql walk;
  walk.table = "t";
  walk.key_columns = {"id"};
  walk.statement = {verb + " all", verb + " after", verb + " upto",
                    verb + " between"};
  walk.next_bound = {"BOUND", "BOUND AFTER", "BOUND UPTO", "BOUND BETWEEN"};
  walk.cuts = "CUTS";
  walk.writes = writes;
  walk.estimated_rows = "ESTIMATE";
  return walk;
}

inline MotionSql MotionNamed(const std::string& name) {
  MotionSql motion;
  motion.name = name;
  motion.table = "t";
  motion.fill = WalkNamed("FILL", true);
  motion.settle = WalkNamed("SETTLE", true);
  motion.retreat = WalkNamed("RETREAT", true);
  motion.verify = {WalkNamed("VERIFY", false)};
  motion.count_left = "COUNT LEFT";
  return motion;
}

// Returns an action that "UNDO <sql>" undoes. Actions with the same unit commit
// together.
inline PlannedAction SqlAction(const std::string& sql, int unit) {
  PlannedAction action;
  action.description = sql;
  action.forward.push_back({sql, {}});
  action.undo.push_back({"UNDO " + sql, {}});
  action.unit = unit;
  return action;
}

inline PlannedAction IrreversibleAction(const std::string& sql, int unit) {
  PlannedAction action = SqlAction(sql, unit);
  action.undo.clear();
  action.reversible = false;
  return action;
}

// Returns an action that runs outside a transaction; "DONE? <sql>" tells
// whether it has happened.
inline PlannedAction LoneAction(const std::string& sql, int unit) {
  PlannedAction action = SqlAction(sql, unit);
  action.transactional = false;
  action.probe = "DONE? " + sql;
  action.cleanup.push_back({"CLEAN " + sql, {}});
  return action;
}

inline PlannedAction WalkAction(ActionKind kind, int unit) {
  PlannedAction action;
  action.kind = kind;
  action.description = "walk";
  action.transactional = false;
  action.motion = "m";
  action.unit = unit;
  return action;
}

inline segue::Step StepOf(Phase phase, std::vector<PlannedAction> actions,
                          Stage stage = Stage::kSeal) {
  segue::Step step;
  step.phase = phase;
  step.stage = stage;
  step.description = "step of " + std::string(ToString(phase));
  step.actions = std::move(actions);
  return step;
}

inline Plan PlanOf(std::vector<segue::Step> steps) {
  Plan plan;
  plan.id = "01_test";
  plan.steps = std::move(steps);
  plan.motions = {MotionNamed("m")};
  return plan;
}

// The migration "01_test" and its runner, which holds the lease. The patience
// for retries is ten seconds, for machines that are busy, unless a test takes
// it away.
class RunBed {
 public:
  explicit RunBed(
      db::Capabilities can = test::ScriptedDatabase::Embedded(),
      std::chrono::milliseconds patience = std::chrono::milliseconds(10'000))
      : scripted(std::move(can)),
        ledger(scripted.database().dialect(), scripted.database().schema(),
               "tester", std::chrono::seconds(30)) {
    options.cancel = &cancel;
    options.who = "tester";
    options.lock_patience = patience;
    options.listeners.Add(
        [this](const Progress& progress) { told.push_back(progress); });
    ledger.Install(db());
    scripted.Answer("COUNT LEFT", std::int64_t{0});
  }

  // Takes the lease and records the migration.
  void Begin(Plan plan) {
    lease = std::make_unique<Lease>(scripted.database(), ledger);
    row.id = plan.id;
    row.plan = std::move(plan);
    ledger.Create(db(), row);
  }

  // The context of the runner; only after Begin.
  RunContext& context() {
    if (context_ != nullptr) return *context_;
    reporter_ = std::make_unique<Reporter>(options, row);
    session_ = std::make_unique<RunnerSession>(
        scripted.database(), ledger, *lease, options, row, *reporter_);
    context_ = std::make_unique<RunContext>(RunContext{
        scripted.database(), ledger, options, row, *session_, *reporter_});
    return *context_;
  }
  RunnerSession& session() { return context().session; }

  db::Connection& db() { return scripted.database().connection(); }
  // Returns the state in the ledger, as other sessions see it.
  ActionState StateOf(int step, int action) {
    return ledger.StateOf(scripted.others(), row.id, step, action);
  }
  MigrationRow Stored() { return *ledger.Load(scripted.others(), row.id); }
  std::vector<HistoryEntry> Events(EventKind kind) {
    std::vector<HistoryEntry> found;
    for (HistoryEntry& entry : ledger.Events(scripted.others(), "")) {
      if (entry.kind == kind) found.push_back(std::move(entry));
    }
    return found;
  }
  std::vector<Progress> Told(Progress::Event event) const {
    std::vector<Progress> found;
    for (const Progress& progress : told) {
      if (progress.event == event) found.push_back(progress);
    }
    return found;
  }
  // Makes another runner take the lease over.
  void TakeLeaseOver() {
    scripted.others().Execute("UPDATE segue_lease SET token = token + 1");
  }

  test::ScriptedDatabase scripted;
  CancelToken cancel;
  std::vector<Progress> told;
  MigratorOptions options;
  const Ledger ledger;
  MigrationRow row;
  std::unique_ptr<Lease> lease;

 private:
  std::unique_ptr<Reporter> reporter_;
  std::unique_ptr<RunnerSession> session_;
  std::unique_ptr<RunContext> context_;
};

// Returns the kind of the error that `work` throws; nullopt: none.
template <typename Work>
std::optional<ErrorKind> KindOf(Work&& work) {
  try {
    work();
  } catch (const Error& error) {
    return error.kind();
  }
  return std::nullopt;
}

}  // namespace segue::engine
