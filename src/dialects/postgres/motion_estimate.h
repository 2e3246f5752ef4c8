// What a motion would cost: filling the row in place, or copying the table.
#pragma once

#include <vector>

#include "db/connection.h"
#include "plan/motion.h"
#include "schema/schema.h"
#include "segue/plan.h"

namespace segue::postgres {

// What the figures are made from; of the table with all its partitions.
struct TableFacts {
  double rows = 0;
  double heap_bytes = 0;
  double other_bytes = 0;  // TOAST, maps
  double index_bytes = 0;
  double indexes = 0;
  double fill_factor = 100;
  double grown_by = 0;  // bytes that the motion adds to a row
  double triggers = 0;  // of the user's, that an UPDATE fires
};

// Empty for a table without rows. One statement.
std::vector<MotionEstimate> Estimate(db::Connection& connection,
                                     const plan::ColumnMotion& motion,
                                     const schema::Table& table);

// The arithmetic of it.
MotionEstimate EstimateFill(const TableFacts& facts);
MotionEstimate EstimateCopy(const TableFacts& facts);

}  // namespace segue::postgres
