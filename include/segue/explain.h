// How the database would run a query, and how a migration changed that. All
// types are values. Migrator::Explain fills them.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace segue {

// One access of a query plan to a table.
struct TableAccess {
  std::string method;  // in the database's words: "Seq Scan", "SEARCH"
  std::string table;
  std::string index;  // empty: the whole table is read
  friend bool operator==(const TableAccess& a, const TableAccess& b) {
    return a.method == b.method && a.table == b.table && a.index == b.index;
  }
};

// The answer of EXPLAIN. The query itself is never run.
struct QueryPlan {
  // The server's message when the query cannot be explained; otherwise empty.
  std::string error;
  // The planner's estimate in the planner's own unit, which is not time;
  // nullopt on a database that gives none (SQLite).
  std::optional<double> cost;
  std::vector<TableAccess> accesses;  // in the order of the plan
};

// The plans of one query, as one version sees it.
struct QueryChange {
  std::string query;
  std::string version;              // empty: the base schema
  std::optional<QueryPlan> before;  // nullopt: none was kept until now
  QueryPlan after;
  // One sentence for people: "uses users_name instead of a sequential scan".
  std::string verdict;
};

struct ExplainReport {
  std::string migration;             // its id
  std::vector<QueryChange> changes;  // in the order of the queries
};

}  // namespace segue
