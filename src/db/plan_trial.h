// An optional interface of a dialect that tries a whole plan before anything is
// changed, on something that has the same shape and no rows of its own.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "db/connection.h"
#include "plan/planned.h"
#include "schema/schema.h"
#include "segue/error.h"
#include "segue/plan.h"

namespace segue::db {

// A plan in the words in which it is tried.
struct PlanTrial {
  // The name of the schema, and of the one in whose place the steps are
  // rendered; the two may be the same.
  std::string schema;
  std::string place;
  std::string version_schema;  // as it is tried; empty in place
  // The existing tables that the steps change or read, each once.
  std::vector<std::string> tables;
  std::vector<Step> steps;
  std::vector<MotionSql> motions;
};

// What the server refused.
struct TrialFailure {
  std::size_t step = 0;  // in PlanTrial::steps
  // The statement's action, such as "Rename column 'a' of 'u' to 'b'"; "undo
  // of ..." on the way back.
  std::string action;
  std::string reason;  // in the server's words
  std::string sql;
};

struct TrialOutcome {
  std::optional<TrialFailure> failure;
  // Why the plan, or a part of it, was not tried; empty: it was.
  std::string not_tried;
};

class PlanTrier {
 public:
  virtual ~PlanTrier() = default;

  // Returns the name of the schema for which the steps have to be rendered.
  virtual std::string TrialPlace(Connection& connection,
                                 const std::string& schema) const = 0;

  // Runs the schema statements of every step, in the order start, rollback,
  // start, complete, and leaves nothing behind. Must not be called within a
  // transaction. Throws only errors that say nothing about the plan, such as a
  // lost connection.
  virtual TrialOutcome TryPlan(Connection& connection,
                               const PlanTrial& trial) const = 0;
};

// The parts of a trial that differ between databases.
class TrialStage {
 public:
  virtual ~TrialStage() = default;
  // Runs one statement of this action.
  virtual void Run(const PlannedAction& action, const Statement& statement) = 0;
  // Called where the database is in a state that lasts: both versions are live,
  // everything is undone, or everything is complete.
  enum class State { kReady, kRolledBack, kComplete };
  virtual void Look(State state) { (void)state; }
  // Called when the connection has gone back to a savepoint.
  virtual void Restored() {}
  // Called for a walk over rows that would run now.
  virtual void Walk(const PlannedAction& action) { (void)action; }
};

// Takes the steps through start, rollback, start and complete, with savepoints
// of `connection`, which must be within a transaction. Returns the first
// failure. `about_plan` tells whether an error says something about the plan;
// any other error is thrown.
std::optional<TrialFailure> RunTrial(
    Connection& connection, const std::vector<Step>& steps, TrialStage& stage,
    const std::function<bool(const Error&)>& about_plan);

}  // namespace segue::db
