// The sessions of an application, on a database where other sessions see and
// end them.
#pragma once

#include <string>
#include <vector>

#include "db/dialect.h"
#include "db/session.h"

namespace segue::db {

// What a session has said of itself.
struct Introduction {
  Session session;
  std::string instance;
  std::string version;
  bool superuser = false;  // its role is one
};

// A dialect has this too when its database has such sessions. The names of a
// version then mean the tables of the schema once the version is gone, so that
// a version that is taken away has to go on refusing. Who holds a lock,
// Dialect::Blockers tells. The caller's own session is never among those that
// are returned.
class ClientSessions {
 public:
  virtual ~ClientSessions() = default;

  // Returns the versions of the schema whose views refuse.
  virtual std::vector<std::string> RefusingVersions(
      Connection& connection, const std::string& schema_name) const = 0;

  // Returns the sessions of these roles.
  virtual std::vector<Session> OfRoles(
      Connection& connection, const std::vector<std::string>& roles) const = 0;
  // Returns the sessions that have said which version of the schema they are
  // of, and are still there. The ledger must be there.
  virtual std::vector<Introduction> Introduced(
      Connection& connection, const std::string& schema_name) const = 0;

  // Returns the time of the server, in UTC.
  virtual std::string Moment(Connection& connection) const = 0;
  // Returns the sessions whose transaction began before the moment and reads
  // rows as they were then, or runs a query.
  virtual std::vector<Session> OlderReaders(
      Connection& connection, const std::string& moment) const = 0;
  // False: OlderReaders returns only sessions whose rights our role has.
  virtual bool SeesAll(Connection& connection) const = 0;

  // Returns the sessions of roles that ours is a member of, which are idle in a
  // transaction and hold a lock of the table, of a partition of it, or of a
  // view of the version of that name, that keeps out a lock of this mode.
  virtual std::vector<Session> IdleBlockers(Connection& connection,
                                            const schema::TableName& table,
                                            const std::string& mode) const = 0;
  // Ends a session that IdleBlockers has returned, if it is still idle in the
  // same transaction. Returns false otherwise.
  virtual bool EndSession(Connection& connection,
                          const Session& session) const = 0;
};

// Returns null for a dialect without such sessions.
inline const ClientSessions* ClientSessionsOf(const Dialect& dialect) {
  return dynamic_cast<const ClientSessions*>(&dialect);
}

}  // namespace segue::db
