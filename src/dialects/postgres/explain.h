// How the server would run a query.
#pragma once

#include <string>
#include <string_view>

#include "db/connection.h"
#include "segue/explain.h"

namespace segue::postgres {

QueryPlan Explain(db::Connection& connection, const std::string& query);

// Reads what EXPLAIN (FORMAT JSON) gives: the cost of the whole, and every
// table that is read. Throws kInternal where it is not that.
QueryPlan ParsePlan(std::string_view json);

}  // namespace segue::postgres
