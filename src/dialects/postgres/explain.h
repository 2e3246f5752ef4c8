// Explains how the server would run a query.
#pragma once

#include <string>
#include <string_view>

#include "db/connection.h"
#include "segue/explain.h"

namespace segue::postgres {

QueryPlan Explain(db::Connection& connection, const std::string& query);

// Reads the output of EXPLAIN (FORMAT JSON): the total cost, and every access
// to a table. Throws kInternal for any other text.
QueryPlan ParsePlan(std::string_view json);

}  // namespace segue::postgres
