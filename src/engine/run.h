// The steps of one command, as the main path takes them, executed or dry.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/context.h"
#include "ledger/standing.h"
#include "planner/planner.h"

namespace segue::engine {

// The steps of Start, Complete and Rollback. MakeRun chooses once whether a
// command is executed or is a dry run. A run is used on one thread.
class Run {
 public:
  virtual ~Run() = default;

  // The first step of Start: takes the lease and compares the migration with
  // the ledger. Throws Error{kConflict} when another runner holds the lease,
  // and Error{kRefused} when another migration is active or the file was
  // changed.
  virtual Standing Begin(const Migration& migration) = 0;
  // The first step of Complete and Rollback: does the same with the active
  // migration, which is this one if a name is given. Returns false when that
  // one has come to this end already, so that nothing is left to do. Throws
  // Error{kNotFound} when there is none, and as Context::Require does.
  virtual bool Continue(const std::string& named, Phase end) = 0;

  virtual void Preflight(const Planned& planned) = 0;
  // Records the migration that was begun, its plan, and how the database runs
  // these queries before it.
  virtual void Intend(const Planned& planned,
                      const std::vector<std::string>& queries) = 0;

  // Keeps how the database runs these queries now, unless an earlier plan was
  // kept.
  virtual void Keep(const std::vector<std::string>& queries) = 0;

  // Runs what is left of EXPANDING and MIGRATING. The migration is then ready,
  // or COMPLETE when it replaces nothing. Undoes everything after an error that
  // the migration itself has caused; after any other, the migration stays as it
  // is and can be continued.
  virtual void ToReady(bool undo_on_any_failure) = 0;
  // Throws Error{kRefused} unless the migration may be contracted; otherwise
  // tells the listeners that the run has started.
  virtual void RequireReady() = 0;
  // Gathers the evidence, seals, drops and records. A failure before the first
  // drop takes the seal back, unless it was an interruption. A plan with an
  // undo window stays sealed until its window is over, or with `drop`; then the
  // evidence is gathered again, and a failure leaves it sealed.
  virtual void Contract(const std::string& force_reason, bool drop) = 0;
  void Contract(const std::string& force_reason) {
    Contract(force_reason, false);
  }
  // Undoes the contract, so that both versions are live again. Throws
  // Error{kRefused} past the first drop, and Error{kMismatch} that names the
  // rows which the old shape cannot hold, unless a reason to lose them is
  // given.
  virtual void Unseal(const std::string& lossy_reason) = 0;
  // Undoes every executed step in reverse, and records that. With a reason, it
  // leaves what cannot be undone as it is, and ends the migration all the same.
  virtual void Undo(const std::string& abandon_reason) = 0;

  virtual Outcome Report() = 0;
};

// `context` must outlive the run.
std::unique_ptr<Run> MakeRun(Context& context, bool dry);

}  // namespace segue::engine
