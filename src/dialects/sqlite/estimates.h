// How many rows the tables have, without counting them.
#pragma once

#include "db/connection.h"
#include "schema/schema.h"

namespace segue::sqlite {

// From the statistics where ANALYZE has left any, else from the span of the
// rowids, else a count that stops early.
void ReadEstimates(db::Connection& connection, schema::Schema* schema);

}  // namespace segue::sqlite
