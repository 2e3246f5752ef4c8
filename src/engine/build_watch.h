// What another session sees of a statement that runs for minutes, as the build
// of an index.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "segue/database.h"

namespace segue::engine {

struct BuildState {
  double percent = 0;
  std::string phase;    // "building index: scanning table"
  std::string blocker;  // whom it waits for; empty: nobody
};

// Watching is a convenience: whatever goes wrong with it ends it, with a line
// in the log, and never the build. Not thread-safe.
class BuildWatch {
 public:
  // `sql`: PlannedAction::progress; `session`: the one that builds. The session
  // is opened at the first look.
  BuildWatch(Database& database, std::string sql, std::string session);
  ~BuildWatch();
  BuildWatch(const BuildWatch&) = delete;
  BuildWatch& operator=(const BuildWatch&) = delete;

  // nullopt: nothing is to be seen now, or any more.
  std::optional<BuildState> Look();
  // The session, for what else has to be read meanwhile; null when there is
  // none.
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
