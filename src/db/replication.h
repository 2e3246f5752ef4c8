// An optional interface of a dialect whose servers may have standbys, which
// follow another server by replaying its log.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "db/connection.h"

namespace segue::db {

// Facts by which segue decides whether a server is a standby of another.
struct ServerFacts {
  bool follows = false;  // the server is a standby and takes no writes
  std::string database;  // the database of the session
  // The system identifier, which a server shares with every copy of its files;
  // empty: this role may not read it.
  std::string system;
  // The version of the library that sorts text; empty: unknown.
  std::string collations;
  // The names of the standbys that follow this server.
  std::vector<std::string> standbys = {};
};

// How far the replay of a standby has come.
struct Replay {
  bool follows = false;         // the server is still a standby
  bool paused = false;          // somebody has paused the replay
  std::int64_t bytes_left = 0;  // log up to the position; 0: it is reached
};

class Replication {
 public:
  virtual ~Replication() = default;
  virtual ServerFacts Facts(Connection& connection) const = 0;
  // Returns a position in the log after everything that is committed by now.
  virtual std::string LogPosition(Connection& primary) const = 0;
  // Asks the standby, without waiting, how far it is from the position.
  virtual Replay ReplayTo(Connection& standby,
                          const std::string& position) const = 0;
};

}  // namespace segue::db
