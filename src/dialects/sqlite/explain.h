// Explains how SQLite would run a query.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "db/connection.h"
#include "segue/explain.h"

namespace segue::sqlite {

QueryPlan Explain(db::Connection& connection, const std::string& query);

// Reads one line of EXPLAIN QUERY PLAN, "SEARCH users USING INDEX users_name
// (name=?)"; nullopt for a line that reads no table.
std::optional<TableAccess> ParsePlanLine(std::string_view line);

// Returns the query with its parameters written as $1, $2, ..., whatever their
// spelling is. `count` becomes the number of parameters.
std::string NumberParameters(const std::string& query, int& count);

}  // namespace segue::sqlite
