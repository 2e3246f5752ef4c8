// The sessions of an application, on a database where other sessions see and
// end them.
#pragma once

#include <string>
#include <vector>

#include "db/dialect.h"

namespace segue::db {

// A dialect has this too when its database has such sessions. The names of a
// version then mean the tables of the schema once the version is gone, so that
// a version that is taken away has to go on refusing.
class ClientSessions {
 public:
  virtual ~ClientSessions() = default;

  // Returns the versions of the schema whose views refuse.
  virtual std::vector<std::string> RefusingVersions(
      Connection& connection, const std::string& schema_name) const = 0;
  // Returns the sessions that are seen to use a published version: those that
  // hold a lock of one of its views now, and those of these roles. Others
  // cannot be seen.
  virtual std::vector<Blocker> VersionSessions(
      Connection& connection, const std::string& version_schema,
      const std::vector<std::string>& roles) const = 0;

  // Returns the sessions of roles that ours is a member of, which are idle in a
  // transaction and hold a lock of the table, or of a view of the version of
  // that name, that keeps out a lock of this mode.
  virtual std::vector<Blocker> IdleBlockers(Connection& connection,
                                            const schema::TableName& table,
                                            const std::string& mode) const = 0;
  // Ends a session that IdleBlockers has returned, if it is still idle in the
  // same transaction. Returns false otherwise.
  virtual bool EndSession(Connection& connection,
                          const Blocker& blocker) const = 0;
};

// Returns null for a dialect without such sessions.
inline const ClientSessions* ClientSessionsOf(const Dialect& dialect) {
  return dynamic_cast<const ClientSessions*>(&dialect);
}

}  // namespace segue::db
