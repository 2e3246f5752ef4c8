// An optional interface of a dialect whose server knows the sessions of its
// clients.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "db/connection.h"

namespace segue::db {

// A session of a client, or a prepared transaction.
struct Sighting {
  std::string who;    // "session 4711 (role app, psql, 10.0.0.3)"
  std::string since;  // ISO 8601, UTC; empty: it is not known
  // What the session has said of itself; otherwise empty.
  std::string instance = {};
  std::string version = {};
  bool superuser = false;
};

struct Sightings {
  std::vector<Sighting> seen;
  bool all = true;  // false: the role may not see the sessions of others
};

// Segue's own sessions are never among those that are seen.
class Witness {
 public:
  virtual ~Witness() = default;
  // Returns the time of the server, in microseconds.
  virtual std::int64_t Moment(Connection& connection) const = 0;
  // Returns the sessions that have said which version of the schema they are
  // of, and are still there. The ledger must be there.
  virtual std::vector<Sighting> Introduced(
      Connection& connection, const std::string& schema_name) const = 0;
  // Returns the sessions of these roles.
  virtual std::vector<Sighting> SessionsOf(
      Connection& connection, const std::vector<std::string>& roles) const = 0;
  // Returns who has a lock on something of a version now.
  virtual std::vector<Sighting> Holding(
      Connection& connection, const std::string& version_schema) const = 0;
  // Returns the transactions of this database that began before the moment.
  virtual Sightings TransactionsBefore(Connection& connection,
                                       std::int64_t moment) const = 0;
};

}  // namespace segue::db
