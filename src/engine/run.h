// One command on a migration, as the main path takes it: for real, or dry.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/context.h"
#include "ledger/standing.h"
#include "planner/planner.h"

namespace segue::engine {

// The steps of Start, Complete and Rollback. Which class does them is chosen
// once, by MakeRun.
class Run {
 public:
  virtual ~Run() = default;

  // For Start: makes sure that nobody else runs anything, and looks what is
  // there. Throws Error{kConflict} beside another runner, Error{kRefused}
  // beside another active migration or for a file that was changed.
  virtual Standing Begin(const Migration& migration) = 0;
  // For Complete and Rollback: the same with the active migration; throws
  // Error{kNotFound} when there is none.
  virtual void Continue() = 0;

  virtual void Preflight(const Planned& planned) = 0;
  // Records the migration that was begun, its plan and how these queries are
  // run before it.
  virtual void Intend(const Planned& planned,
                      const std::vector<std::string>& queries) = 0;

  // Keeps how these queries are run now, where nothing was kept before.
  virtual void Keep(const std::vector<std::string>& queries) = 0;

  // Runs what is left of EXPANDING and MIGRATING; ends ready, or COMPLETE when
  // nothing is replaced. An error of the migration's own making undoes what was
  // done (R1.4).
  virtual void ToReady(bool undo_on_any_failure) = 0;
  // Throws Error{kRefused} unless the migration may be contracted; from then on
  // the listeners know that it is being so.
  virtual void RequireReady() = 0;
  // Evidence, seal, drop, record; unseals after a failure that is no
  // interruption.
  virtual void Contract(const std::string& force_reason) = 0;
  // Undoes every executed step in reverse, and records it.
  virtual void Undo() = 0;

  virtual Outcome Report() = 0;
};

// `context` must outlive it.
std::unique_ptr<Run> MakeRun(Context& context, bool dry);

}  // namespace segue::engine
