// The session of whoever runs a migration: the database's own connection, under
// the lease.
#pragma once

#include <optional>
#include <string>

#include "backfill/reporter.h"
#include "backfill/work_session.h"
#include "base/cancel.h"
#include "ledger/lease.h"
#include "segue/database.h"

namespace segue::engine {

class RunnerSession : public WorkSession {
 public:
  // While it lives, the second request to stop interrupts the statement in
  // flight. All references must outlive it.
  RunnerSession(Database& database, const Ledger& ledger, Lease& lease,
                const MigratorOptions& options, const MigrationRow& migration,
                const Reporter& reporter);

  db::Connection& connection() override { return database_.connection(); }
  void Fence() override { lease_.Fence(connection()); }
  void FenceChunk() override;
  bool stopping() const override;
  void ThrowIfStopping() const override;

  // What the next statements lock, as a plan names it; so that an error can say
  // who else holds it.
  void Expect(const std::string& locked) { locked_ = locked; }
  // The error's message, and who holds the lock if it waits for one.
  std::string WithBlockers(const Error& error) const;

  // Somebody asked through the ledger to cancel, as opposed to a signal.
  void RecordCancelRequest() { cancelled_by_request_ = true; }
  bool cancelled_by_request() const { return cancelled_by_request_; }

  // Writes a line of the history, and tells it to those who watch.
  void Note(Progress::Event event, const std::string& message);

 protected:
  void Reconnect() override;
  void Retried(const Error& error, bool lost) override;
  Error Lasting(const Error& error) const override;

 private:
  void WatchInterrupts();

  Database& database_;
  const Ledger& ledger_;
  Lease& lease_;
  const MigrationRow& migration_;
  const Reporter& reporter_;
  std::string locked_;
  bool cancelled_by_request_ = false;
  std::optional<base::CancelToken::Scope> interrupts_;  // of the connection
};

}  // namespace segue::engine
