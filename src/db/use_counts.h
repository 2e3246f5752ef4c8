// How often a version was used, on a database that counts it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "db/dialect.h"

namespace segue::db {

struct UseCount {
  std::int64_t count = 0;
  // Tells the counts of a server from those that it began anew.
  std::string begun;
  // Seconds since 1970 by the clock of the server that was asked.
  std::int64_t now = 0;
  // When it was used for the last time; 0: the server does not tell.
  std::int64_t last = 0;
};

// How often a query was run, as far as the server remembers it.
struct QueryCalls {
  std::string query;
  std::int64_t calls = 0;
};

struct CountedQueries {
  std::int64_t now = 0;  // as UseCount has them
  std::string begun;
  std::vector<QueryCalls> queries;
};

// What goes with a contract, as queries name it.
struct RemovedColumns {
  std::vector<ColumnName> columns;
  std::vector<std::string> schemas;  // in which the tables are found by name
  bool all_counts = false;  // SELECT * and its like name these columns, too
};

// A dialect has this too when its servers count what their sessions do.
class UseCounts {
 public:
  virtual ~UseCounts() = default;

  // Returns how often the views of a version have been read or written on the
  // server of the session; nullopt when nothing there counts it.
  virtual std::optional<UseCount> CountUse(
      Connection& connection, const std::string& version_schema) const = 0;
  // Returns the names of the standbys that follow the server of the session,
  // one for each.
  virtual std::vector<std::string> Followers(Connection& connection) const = 0;
  // Returns the name by which the server that a standby follows knows it.
  virtual std::string FollowerName(Connection& standby) const = 0;
  // Returns the sessions whose transaction began before the moment, in seconds
  // since 1970: what these have done is not counted yet.
  virtual std::vector<Session> OlderTransactions(Connection& connection,
                                                 std::int64_t moment) const = 0;

  // Returns the queries that the server has counted in this database and that
  // name one of the columns; nullopt when it counts none, or our role may not
  // see them.
  virtual std::optional<CountedQueries> Queries(
      Connection& connection, const RemovedColumns& removed) const = 0;
};

// Returns null for a dialect that counts nothing.
inline const UseCounts* UseCountsOf(const Dialect& dialect) {
  return dynamic_cast<const UseCounts*>(&dialect);
}

}  // namespace segue::db
