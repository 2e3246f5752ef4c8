// Estimates the cost of a motion: of filling the rows in place, and of copying
// the table.
#pragma once

#include <vector>

#include "db/connection.h"
#include "plan/motion.h"
#include "schema/schema.h"
#include "segue/plan.h"

namespace segue::postgres {

// The facts from which the figures are calculated. They are of the table with
// all its partitions.
struct TableFacts {
  double rows = 0;
  double heap_bytes = 0;
  double other_bytes = 0;  // TOAST, maps
  double index_bytes = 0;
  double indexes = 0;
  double fill_factor = 100;
  double grown_by = 0;  // bytes that the motion adds to a row
  double copied = 1;    // the share of a row that goes to a copy
  double triggers = 0;  // the user's triggers that an UPDATE fires
};

// Runs one statement and returns the estimates, the chosen one first. Empty for
// a table without rows.
std::vector<MotionEstimate> Estimate(db::Connection& connection,
                                     const plan::Motion& motion,
                                     const schema::Table& table);

// The arithmetic of the estimates.
MotionEstimate EstimateFill(const TableFacts& facts);
MotionEstimate EstimateCopy(const TableFacts& facts);

}  // namespace segue::postgres
