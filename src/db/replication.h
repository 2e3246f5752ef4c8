// What a dialect can tell of servers that follow another one by its log; not
// every one has such.
#pragma once

#include <cstdint>
#include <string>

#include "db/connection.h"

namespace segue::db {

struct ServerFacts {
  bool follows = false;  // takes no writes but what the log of another says
  std::string database;  // that the session is in
  // Of which server it is a copy, down to the files; empty: not for this role.
  std::string system;
  // The version of the library by which text is sorted; empty: unknown.
  std::string collations;
};

// How far one that follows has come.
struct Replay {
  bool follows = false;
  bool paused = false;
  std::int64_t bytes_left = 0;  // of the log; 0: it is there
};

class Replication {
 public:
  virtual ~Replication() = default;
  virtual ServerFacts Facts(Connection& connection) const = 0;
  // A place in the log: all that is committed by now is before it.
  virtual std::string LogPosition(Connection& primary) const = 0;
  virtual Replay ReplayTo(Connection& standby,
                          const std::string& position) const = 0;
};

}  // namespace segue::db
