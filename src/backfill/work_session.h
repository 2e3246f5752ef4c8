// A database session that repeats its work after errors that pass: the runner's
// session and each worker's.
#pragma once

#include <chrono>
#include <functional>

#include "db/dialect.h"
#include "segue/error.h"
#include "segue/migrator.h"

namespace segue::engine {

// Not thread-safe: a session belongs to the thread that works with it.
class WorkSession {
 public:
  // Both references must outlive the session.
  WorkSession(const MigratorOptions& options,
              const db::Capabilities& capabilities)
      : options_(options), capabilities_(capabilities) {}
  virtual ~WorkSession() = default;
  WorkSession(const WorkSession&) = delete;
  WorkSession& operator=(const WorkSession&) = delete;

  virtual db::Connection& connection() = 0;

  // Runs `work`. Runs it again after a retryable error and, with a new
  // connection, after a lost one; `work` must therefore look in the database
  // for what is already done. Throws the last error once
  // MigratorOptions::lock_patience is spent, and Error{kCancelled} when a stop
  // is requested between two attempts.
  void Resiliently(const std::function<void()>& work);
  // Does the same. Calls `smaller` before an attempt that follows an error, and
  // `reload` when the connection has been replaced.
  void Resiliently(const std::function<void()>& work,
                   const std::function<void()>& smaller,
                   const std::function<void()>& reload);

  // Runs `work` once, in one fenced transaction of the ledger.
  void InLedger(const std::function<void()>& work);

  // Joins the open transaction, and throws Error{kConflict} when this session
  // may not write any more.
  virtual void Fence() = 0;
  // Does the same in a transaction that moves rows and renews its claim anyway.
  virtual void FenceChunk() = 0;

  virtual bool stopping() const = 0;
  // Throws Error{kCancelled} when a stop is requested.
  virtual void ThrowIfStopping() const = 0;
  // Sleeps, and wakes early when a stop is requested.
  void Rest(std::chrono::microseconds duration) const;

  std::chrono::milliseconds LockBudget() const;
  const db::Capabilities& capabilities() const { return capabilities_; }
  const MigratorOptions& options() const { return options_; }

 protected:
  // Replaces the connection, and throws the error that prevents that.
  virtual void Reconnect() = 0;
  // Called when an attempt has failed and is repeated; `lost` when that needs a
  // new connection.
  virtual void Retried(const Error& error, bool lost) = 0;
  // Returns the error, as it is told, after waiting for it was in vain.
  virtual Error Lasting(const Error& error) const { return error; }

 private:
  void Recover(const Error& cause);

  const MigratorOptions& options_;
  const db::Capabilities& capabilities_;
};

}  // namespace segue::engine
