// What a server counts of the use of a version. Every query of a version scans
// an empty table of its schema once, and the server counts the scans; a session
// tells it so up to 10 s after its transaction.
#pragma once

#include <string>
#include <vector>

#include "db/use_counts.h"

namespace segue::postgres {

inline constexpr const char* kSeenTable = "segue_seen";

// Returns the statements that make the table for a version, safe to repeat, and
// the condition by which a view of the version scans it. No row can be put into
// the table, so that the condition holds whatever happens to its rows, also
// where only the schema was restored from a dump.
std::vector<std::string> CreateSeenTable(const std::string& version);
std::string DropSeenTable(const std::string& version);
std::string SeenCondition(const std::string& version);
// An expression for that condition, of the schema that the expression `version`
// names; an empty text where it has no such table.
std::string SeenConditionIfThere(const std::string& version);

class PostgresUseCounts : public db::UseCounts {
 public:
  std::optional<db::UseCount> CountUse(
      db::Connection& connection,
      const std::string& version_schema) const override;
  std::vector<std::string> Followers(db::Connection& connection) const override;
  std::string FollowerName(db::Connection& standby) const override;
  std::vector<db::Session> OlderTransactions(
      db::Connection& connection, std::int64_t moment) const override;
  std::optional<db::CountedQueries> Queries(
      db::Connection& connection,
      const db::RemovedColumns& removed) const override;
};

}  // namespace segue::postgres
