// Finds the sessions that use a version or stand in the way, and ends them.
#pragma once

#include <string>
#include <vector>

#include "db/client_sessions.h"

namespace segue::postgres {

// Returns the sessions of this database but ours for which the condition holds
// on `a`, a row of pg_stat_activity, the oldest first.
std::vector<db::Session> SessionsWhere(
    db::Connection& connection, const std::string& condition,
    const std::vector<db::Value>& parameters);

class PostgresSessions : public db::ClientSessions {
 public:
  std::vector<std::string> RefusingVersions(
      db::Connection& connection,
      const std::string& schema_name) const override;
  std::vector<db::Session> OfRoles(
      db::Connection& connection,
      const std::vector<std::string>& roles) const override;
  std::vector<db::Introduction> Introduced(
      db::Connection& connection,
      const std::string& schema_name) const override;
  std::string Moment(db::Connection& connection) const override;
  std::vector<db::Session> OlderReaders(
      db::Connection& connection, const std::string& moment) const override;
  bool SeesAll(db::Connection& connection) const override;
  std::vector<db::Session> IdleBlockers(db::Connection& connection,
                                        const schema::TableName& table,
                                        const std::string& mode) const override;
  bool EndSession(db::Connection& connection,
                  const db::Session& session) const override;
};

}  // namespace segue::postgres
