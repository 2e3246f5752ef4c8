// How SQLite would run a query.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "db/connection.h"
#include "segue/explain.h"

namespace segue::sqlite {

QueryPlan Explain(db::Connection& connection, const std::string& query);

// One line of EXPLAIN QUERY PLAN, "SEARCH users USING INDEX users_name
// (name=?)"; nullopt for one that reads no table.
std::optional<TableAccess> ParsePlanLine(std::string_view line);

// The query with its parameters, however they are written, as $1, $2, ...;
// `count` is how many there are.
std::string NumberParameters(const std::string& query, int& count);

}  // namespace segue::sqlite
