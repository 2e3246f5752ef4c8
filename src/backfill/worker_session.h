// The session of one that moves or checks rows beside the runner.
#pragma once

#include <functional>
#include <memory>

#include "backfill/work_session.h"
#include "segue/database.h"

namespace segue::engine {

// A connection of its own. It needs no lease: the claim on a range, which each
// chunk renews, is all the right to write that a worker has.
class WorkerSession : public WorkSession {
 public:
  // `stop`, which may be empty, ends the work; `retried`, likewise, hears of
  // what is tried again. Connects; the references must outlive the session.
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
