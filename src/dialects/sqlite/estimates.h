// Estimates the number of rows of the tables without counting them.
#pragma once

#include "db/connection.h"
#include "schema/schema.h"

namespace segue::sqlite {

// Fills estimated_rows of all tables: from the statistics if ANALYZE has left
// any, otherwise from the span of the rowids, otherwise by a count that stops
// early.
void ReadEstimates(db::Connection& connection, schema::Schema* schema);

}  // namespace segue::sqlite
