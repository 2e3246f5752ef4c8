// Comparison of two plans of one query, and how the ledger keeps a plan.
#pragma once

#include <string>
#include <vector>

#include "db/connection.h"
#include "segue/explain.h"

namespace segue::engine {

// Returns a sentence such as "unchanged" or "uses users_name instead of a
// sequential scan".
std::string Verdict(const QueryPlan& before, const QueryPlan& after);

// Converts a query plan to the values that an observation of the ledger keeps.
std::vector<db::Value> ToValues(const QueryPlan& plan);
QueryPlan PlanFromValues(const std::vector<db::Value>& values);

}  // namespace segue::engine
