// Giving the room of dead row versions back while rows go on being moved.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>

#include "base/thread.h"
#include "db/connection.h"
#include "segue/database.h"
#include "segue/error.h"

namespace segue::engine {

// One statement at a time, in a session and on a thread of its own. Not
// thread-safe.
class Reclaim {
 public:
  // `database` must outlive it.
  explicit Reclaim(Database& database) : database_(database) {}
  // Ends what runs.
  ~Reclaim();
  Reclaim(const Reclaim&) = delete;
  Reclaim& operator=(const Reclaim&) = delete;

  // Runs `settings` and then `sql`, if there is a session to be had. Nothing
  // may be running.
  void Start(const std::string& settings, const std::string& sql);
  bool running() const { return task_.valid(); }
  // What the running one was started with.
  const std::string& settings() const { return settings_; }
  // Ends what runs, without a trace: nothing depends on it.
  void Stop();
  // Why the last one failed, once.
  std::optional<Error> TakeFailure();

 private:
  Database& database_;
  std::string settings_;
  std::optional<Error> failure_;
  std::unique_ptr<db::Connection> connection_;
  std::atomic<bool> stopping_{false};
  std::future<void> task_;  // last: it uses the others
};

}  // namespace segue::engine
