// Trying an expression on the rows there are, to name those it fails on.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "db/connection.h"
#include "plan/planned.h"

namespace segue::engine {

struct TrialReport {
  // "id=5: invalid input syntax for type integer: \"x\"", at most five.
  std::vector<std::string> failures;
  // Of these, rows on which the statement raised instead of finding them.
  std::int64_t raised = 0;
  // How many fail; with kFirst, no more than `failures` has.
  std::int64_t count = 0;
  bool finished = true;  // false: only a part was tried, there may be more
};

enum class TrialWants { kFirst, kCount };

// Runs the trial over the table in ranges; where one raises, narrows down to
// the keys. `wants` kCount: goes on after the first failures, to say how many
// there are.
TrialReport Try(db::Connection& connection, const TrialSql& trial,
                std::chrono::milliseconds time_limit,
                TrialWants wants = TrialWants::kFirst);

}  // namespace segue::engine
