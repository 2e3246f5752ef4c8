// Ranges of keys, and the statements that run over them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "db/connection.h"
#include "plan/planned.h"

namespace segue::engine {

// The keys with lower < key <= upper; an empty bound is open.
struct Range {
  std::vector<db::Value> lower;
  std::vector<db::Value> upper;
};

// Runs the variant of `sql` for the bounds that the range has. The parameters
// `more` follow those of the bounds.
db::Result Execute(db::Connection& connection, const RangeSql& sql,
                   const Range& range, const std::vector<db::Value>& more = {});

// Returns the upper bound of the first `rows` rows of the range, by
// WalkSql::next_bound. May also return the bounds of the following chunks,
// where the statement gives them. Returns none when the range has fewer rows,
// so that they are one chunk.
std::vector<db::Row> NextBounds(db::Connection& connection,
                                const RangeSql& next_bound, const Range& range,
                                std::int64_t rows);

// Returns the first of these bounds; empty when there is none.
db::Row NextBound(db::Connection& connection, const RangeSql& next_bound,
                  const Range& range, std::int64_t rows);

// Returns text for people: "id=5", "(a, b)=(1, x)", "(position)=((3,4))".
std::string KeyText(const WalkSql& walk, const db::Row& key);

}  // namespace segue::engine
