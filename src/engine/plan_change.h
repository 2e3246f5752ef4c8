// What became of the plan of a query, and plans in the ledger.
#pragma once

#include <string>
#include <vector>

#include "db/connection.h"
#include "segue/explain.h"

namespace segue::engine {

// In plain words: "unchanged", "uses users_name instead of a sequential scan".
std::string Verdict(const QueryPlan& before, const QueryPlan& after);

// As an observation of the ledger keeps it.
std::vector<db::Value> ToValues(const QueryPlan& plan);
QueryPlan PlanFromValues(const std::vector<db::Value>& values);

}  // namespace segue::engine
