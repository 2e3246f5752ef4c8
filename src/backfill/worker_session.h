// The session of a worker beside the runner.
#pragma once

#include <functional>
#include <memory>

#include "backfill/work_session.h"
#include "segue/database.h"

namespace segue::engine {

// A worker has a connection of its own and needs no lease: its right to write
// is the claim on a range, which each chunk renews.
class WorkerSession : public WorkSession {
 public:
  // Connects. `stop`, which may be empty, ends the work when it returns true;
  // `retried`, which may be empty, is called with each error after which the
  // work is repeated. The references must outlive the session.
  WorkerSession(Database& database, const MigratorOptions& options,
                std::function<bool()> stop = {},
                std::function<void(const Error&)> retried = {});

  db::Connection& connection() override { return *connection_; }
  void Fence() override {}
  void FenceChunk() override {}
  bool stopping() const override;
  void ThrowIfStopping() const override;

 protected:
  void Reconnect() override;
  void Retried(const Error& error, bool lost) override;

 private:
  Database& database_;
  const std::function<bool()> stop_;
  const std::function<void(const Error&)> retried_;
  std::unique_ptr<db::Connection> connection_;
};

}  // namespace segue::engine
