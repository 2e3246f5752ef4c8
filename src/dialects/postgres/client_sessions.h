// Finds the sessions that use a version or stand in the way, and ends them.
#pragma once

#include <string>
#include <vector>

#include "db/client_sessions.h"

namespace segue::postgres {

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
