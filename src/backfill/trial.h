// Tries an expression on the rows that a table has, to name the rows on which
// it fails.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "db/connection.h"
#include "plan/planned.h"

namespace segue::engine {

struct TrialReport {
  // At most five texts such as "id=5: invalid input syntax for type integer:
  // \"x\"".
  std::vector<std::string> failures;
  // The number of failures on which the statement raised an error, instead of
  // returning the row.
  std::int64_t raised = 0;
  // The number of rows that fail; with kFirst it is at most the size of
  // `failures`.
  std::int64_t count = 0;
  bool finished = true;  // false: a part was tried, so there may be more
};

enum class TrialWants { kFirst, kCount };

// Runs the trial over the table in ranges, and narrows a range that raises an
// error down to the keys. With kCount it continues after the first failures, to
// count all of them. Stops after `time_limit`.
TrialReport Try(db::Connection& connection, const TrialSql& trial,
                std::chrono::milliseconds time_limit,
                TrialWants wants = TrialWants::kFirst);

}  // namespace segue::engine
