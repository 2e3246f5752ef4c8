// Trying an expression on the rows there are, to name those it fails on.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "db/connection.h"
#include "segue/plan.h"

namespace segue::backfill {

struct TrialReport {
  // "id=5: invalid input syntax for type integer: \"x\"", at most five.
  std::vector<std::string> failures;
  bool finished = true;  // false: time ran out, only a part was tried
};

// Runs `statement` (MotionSql::trial, or fill in a transaction that is rolled
// back) over the table in ranges; where one raises, narrows down to the keys.
// `start`: where to begin (empty: the first row).
TrialReport Try(db::Connection& connection, const MotionSql& motion,
                const RangeSql& statement, const std::vector<db::Value>& start,
                std::chrono::milliseconds time_limit);

}  // namespace segue::backfill
