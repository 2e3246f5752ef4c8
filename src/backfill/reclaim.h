// Makes the room of dead row versions free again while rows go on being moved.
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

// Runs one statement at a time, in a session and on a thread of its own. Not
// thread-safe.
class Reclaim {
 public:
  // `database` must outlive this object.
  explicit Reclaim(Database& database) : database_(database) {}
  // Ends the running statement.
  ~Reclaim();
  Reclaim(const Reclaim&) = delete;
  Reclaim& operator=(const Reclaim&) = delete;

  // Runs `settings` and then `sql`, if a session can be opened. No statement
  // may be running.
  void Start(const std::string& settings, const std::string& sql);
  bool running() const { return task_.valid(); }
  // The settings with which the running statement was started.
  const std::string& settings() const { return settings_; }
  // Ends the running statement. Its error is dropped, because nothing depends
  // on the statement.
  void Stop();
  // Returns, once, why the last statement failed.
  std::optional<Error> TakeFailure();

 private:
  Database& database_;
  std::string settings_;
  std::optional<Error> failure_;
  std::unique_ptr<db::Connection> connection_;
  std::atomic<bool> stopping_{false};
  std::future<void> task_;  // declared last, because it uses the others
};

}  // namespace segue::engine
