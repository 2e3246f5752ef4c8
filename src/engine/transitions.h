// How a migration goes from phase to phase: each change is one fenced
// transaction of the ledger, together with what belongs to it.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "engine/context.h"
#include "engine/gauges.h"
#include "ledger/lease.h"
#include "segue/error.h"

namespace segue::engine {

// A migration that is run under the lease. Keeps `row` as the ledger has it.
class Transitions {
 public:
  // All references must outlive it.
  Transitions(const Context& context, Lease& lease, MigrationRow& row)
      : context_(context), lease_(lease), row_(row) {}

  // Writes the migration, its plan and the rows of what is folded into it down
  // before anything is done, with the
  // plans of these queries, what the gauges say and what the pre-flight noted.
  void Intend(const std::vector<MigrationRow>& parts,
              const std::vector<std::string>& queries,
              const std::vector<std::string>& notes);
  // Nothing when it is there already; Error{kInternal} where no way leads.
  void MoveTo(Phase phase, SubState sub_state);
  // Both versions are live: publishes the new one.
  void BecomeReady();
  // Joins the transaction that ends the last step which seals.
  void RecordSealed();
  // What that transaction has recorded, once it is committed.
  void BecomeSealed();
  void BecomeComplete(const std::vector<std::string>& gauges);
  void BecomeRolledBack();
  // Steps of this phase are as if they had never been run.
  void ForgetSteps(Phase phase);

  // One fenced transaction of the ledger, tried again while it is locked.
  void InLedger(const std::function<void()>& work);
  void AddEvent(EventKind kind, const std::string& message);
  // Best effort: a failure to record a failure is only logged.
  void RecordError(const Error& error);

 private:
  // In the history of each migration that is folded into this one.
  void AddEventToParts(EventKind kind, const std::string& verb);
  void Set(Phase phase, SubState sub_state);
  db::Connection& connection() const { return context_.connection(); }
  const Ledger& ledger() const { return context_.ledger; }

  const Context& context_;
  Lease& lease_;
  MigrationRow& row_;
};

}  // namespace segue::engine
