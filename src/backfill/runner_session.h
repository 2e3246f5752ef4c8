// The session of the runner of a migration: the database's own connection,
// under the lease.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "backfill/reporter.h"
#include "backfill/work_session.h"
#include "db/client_sessions.h"
#include "ledger/lease.h"
#include "segue/cancel.h"
#include "segue/database.h"

namespace segue::engine {

class RunnerSession : public WorkSession {
 public:
  // As long as the session exists, the second request to stop interrupts the
  // statement in flight. All references must outlive the session.
  RunnerSession(Database& database, const Ledger& ledger, Lease& lease,
                const MigratorOptions& options, const MigrationRow& migration,
                const Reporter& reporter);

  db::Connection& connection() override { return database_.connection(); }
  void Fence() override { lease_.Fence(connection()); }
  void FenceChunk() override;
  bool stopping() const override;
  void ThrowIfStopping() const override;

  // Tells what the next statements lock and in which mode, as a plan names
  // both, so that an error can say who else holds its lock. No session is ended
  // for a lock without a mode.
  void Expect(const LockNeed& lock) {
    locked_ = lock.object;
    mode_ = lock.mode;
  }
  // Returns the error's message, and who holds the lock if the error is a wait
  // for one.
  std::string WithBlockers(const Error& error) const;

  // Records that somebody requested, through the ledger, to cancel. A signal is
  // no such request.
  void RecordCancelRequest() { cancelled_by_request_ = true; }
  bool cancelled_by_request() const { return cancelled_by_request_; }

  // Writes a line of the history, and tells it to the listeners.
  void Note(Progress::Event event, const std::string& message);

 protected:
  void Reconnect() override;
  void Retried(const Error& error, bool lost) override;
  Error Lasting(const Error& error) const override;

 private:
  void WatchInterrupts();
  // Ends the sessions that have kept the lock for too long, as far as
  // MigratorOptions::kill_blockers_after says so.
  void EndBlockers();
  std::vector<db::Session> IdleBlockers(const db::ClientSessions& sessions);
  void EndBlocker(const db::ClientSessions& sessions,
                  const db::Session& blocker, double waited);

  Database& database_;
  const Ledger& ledger_;
  Lease& lease_;
  const MigrationRow& migration_;
  const Reporter& reporter_;
  std::string locked_;
  std::string mode_;
  // When each session that is in the way was seen first. The key also has its
  // transaction, because its next one is another.
  std::map<std::string, std::chrono::steady_clock::time_point> in_the_way_;
  bool cancelled_by_request_ = false;
  // The scope in which a signal interrupts the connection.
  std::optional<CancelToken::Scope> interrupts_;
};

}  // namespace segue::engine
