// How the database would run a query, and how that changed.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace segue {

// One way in which a plan reads a table.
struct TableAccess {
  std::string method;  // in the database's words: "Seq Scan", "SEARCH"
  std::string table;
  std::string index;  // empty: the whole table is read
  friend bool operator==(const TableAccess& a, const TableAccess& b) {
    return a.method == b.method && a.table == b.table && a.index == b.index;
  }
};

// What EXPLAIN says; the query itself is never run.
struct QueryPlan {
  std::string error;           // why there is no plan: the server's message
  std::optional<double> cost;  // the planner's; nullopt: it names none
  std::vector<TableAccess> accesses;  // in the order of the plan
};

struct QueryChange {
  std::string query;
  std::string version;              // who sees it so; empty: the base schema
  std::optional<QueryPlan> before;  // nullopt: none was kept until now
  QueryPlan after;
  std::string verdict;  // "uses users_name instead of a sequential scan"
};

struct ExplainReport {
  std::string migration;
  std::vector<QueryChange> changes;  // in the order of the queries
};

}  // namespace segue
