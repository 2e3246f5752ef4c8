// Ranges of keys and the statements over them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "db/connection.h"
#include "plan/planned.h"

namespace segue::engine {

// lower < key <= upper; an empty bound is open.
struct Range {
  std::vector<db::Value> lower;
  std::vector<db::Value> upper;
};

// Runs the shape of `sql` that fits the bounds there are; `more` parameters
// follow those of the bounds.
db::Result Execute(db::Connection& connection, const RangeSql& sql,
                   const Range& range, const std::vector<db::Value>& more = {});

// The upper bound of the first `rows` rows of the range, by WalkSql::
// next_bound, and where it says more those of the next; none when it has fewer,
// so that they are the whole of it.
std::vector<db::Row> NextBounds(db::Connection& connection,
                                const RangeSql& next_bound, const Range& range,
                                std::int64_t rows);

// The first of them; empty when there is none.
db::Row NextBound(db::Connection& connection, const RangeSql& next_bound,
                  const Range& range, std::int64_t rows);

// "id=5", "(a, b)=(1, x)", "(position)=((3,4))" for people.
std::string KeyText(const WalkSql& walk, const db::Row& key);

}  // namespace segue::engine
