// How a migration goes from phase to phase. Each transition is one fenced
// transaction of the ledger, which also records everything that belongs to it.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "engine/context.h"
#include "engine/gauges.h"
#include "ledger/lease.h"
#include "segue/error.h"

namespace segue::engine {

// The transitions of a migration that runs under the lease. They keep `row`
// equal to the row in the ledger.
class Transitions {
 public:
  // All references must outlive the transitions.
  Transitions(const Context& context, Lease& lease, MigrationRow& row)
      : context_(context), lease_(lease), row_(row) {}

  // Records the migration, its plan and the rows of the migrations that are
  // folded into it before anything is changed, with the plans of these queries,
  // the readings of the gauges and the notes of the pre-flight.
  void Intend(const std::vector<MigrationRow>& parts,
              const std::vector<std::string>& queries,
              const std::vector<std::string>& notes);
  // Does nothing when the migration is in that state already. Throws
  // Error{kInternal} when no transition leads there.
  void MoveTo(Phase phase, SubState sub_state);
  // Records that both versions are live, and publishes the new one.
  void BecomeReady();
  // Joins the transaction that ends the last step of the seal, and records
  // "sealed" in it.
  void RecordSealed();
  // Takes over into `row` what RecordSealed has recorded, once the transaction
  // has committed, and tells the listeners.
  void BecomeSealed();
  void BecomeComplete(const std::vector<std::string>& gauges);
  // Records that the migration is rolling back, before anything is undone. From
  // then on only the rollback goes on. `users` are seen to use its version.
  void BeginRollback(const std::vector<std::string>& users = {});
  // `last` joins the transaction, and tells whether something of the version
  // stays. The reason is that of an abandoned migration, and otherwise empty.
  void BecomeRolledBack(const std::function<bool()>& last = {},
                        const std::string& abandoned = "");
  // Records that both versions are live again after the steps of the contract
  // were undone, and forgets that these steps were ever run.
  void BecomeUnsealed();
  // Forgets that steps which drop were run and undone.
  void ForgetDrops();

  // Runs `work` in one fenced transaction of the ledger, and tries again while
  // the ledger is locked.
  void InLedger(const std::function<void()>& work);
  void AddEvent(EventKind kind, const std::string& message);
  // Records the error as far as that is possible: a failure to record a failure
  // is only logged.
  void RecordError(const Error& error);

 private:
  void ForgetContract(const std::function<bool(const Step&)>& which);
  // Adds the event to the history of each migration that is folded into this
  // one.
  void AddEventToParts(EventKind kind, const std::string& verb);
  void Set(Phase phase, SubState sub_state);
  db::Connection& connection() const { return context_.connection(); }
  const Ledger& ledger() const { return context_.ledger; }

  const Context& context_;
  Lease& lease_;
  MigrationRow& row_;
};

}  // namespace segue::engine
