// Estimates the cost of a motion: of filling the rows in place, and of copying
// the table.
#pragma once

#include <vector>

#include "db/connection.h"
#include "db/dialect.h"
#include "plan/motion.h"
#include "schema/schema.h"

namespace segue::sqlite {

// Runs one statement, which reads a hundred rows, and returns the estimates,
// the chosen one first. Empty for a table without rows.
std::vector<MotionEstimate> Estimate(db::Connection& connection,
                                     const plan::Motion& motion,
                                     const schema::Table& table,
                                     const db::Capabilities& can);

// The arithmetic of the estimates, from the number of rows and the bytes of
// one.
MotionEstimate EstimateFill(double rows, double row_bytes, double rest);
MotionEstimate EstimateCopy(double rows, double row_bytes, double indexes);

}  // namespace segue::sqlite
