// What a motion would cost: filling the row in place, or copying the table.
#pragma once

#include <vector>

#include "db/connection.h"
#include "db/dialect.h"
#include "plan/motion.h"
#include "schema/schema.h"

namespace segue::sqlite {

// Empty for a table without rows. One statement, over a hundred rows.
std::vector<MotionEstimate> Estimate(db::Connection& connection,
                                     const plan::ColumnMotion& motion,
                                     const schema::Table& table,
                                     const db::Capabilities& can);

// The arithmetic of it, from the rows and the bytes of one.
MotionEstimate EstimateFill(double rows, double row_bytes, double rest);
MotionEstimate EstimateCopy(double rows, double row_bytes, double indexes);

}  // namespace segue::sqlite
