// Watches, from another session, a statement that runs for minutes, such as the
// build of an index.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "segue/database.h"

namespace segue::engine {

struct BuildState {
  double percent = 0;
  std::string phase;    // "building index: scanning table"
  std::string blocker;  // the session that it waits for; empty: none
};

// Watching is a convenience: a failure of it ends the watching, with a line in
// the log, and never the build. Not thread-safe.
class BuildWatch {
 public:
  // `sql` is PlannedAction::progress, and `session` is the session that builds.
  // The constructor opens nothing: the first Look opens the session that
  // watches.
  BuildWatch(Database& database, std::string sql, std::string session);
  ~BuildWatch();
  BuildWatch(const BuildWatch&) = delete;
  BuildWatch& operator=(const BuildWatch&) = delete;

  // Returns nullopt when there is nothing to see now, or any more.
  std::optional<BuildState> Look();
  // Returns the watching session, with which the caller may read other things
  // meanwhile; null when there is none.
  db::Connection* connection() { return connection_.get(); }
  void GiveUp(const std::string& reason);

 private:
  Database& database_;
  const std::string sql_;
  const std::string session_;
  std::unique_ptr<db::Connection> connection_;
  bool given_up_ = false;
};

}  // namespace segue::engine
