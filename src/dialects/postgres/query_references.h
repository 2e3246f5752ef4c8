// Whether a query refers to a column that goes, by the server's own parser.
#pragma once

#include <string>

#include "db/use_counts.h"

namespace segue::postgres {

// True when the query reads or writes one of the columns by its name, or, if
// `removed` says so, all columns of its table: SELECT *, a whole row, an INSERT
// or COPY without a list of columns. A name without a table may be of any table
// of the query, and counts. A query that this parser cannot read counts when it
// has the words. What a view or a function in the query reads is not seen.
// False for statements that are neither queries nor writes, and for segue's
// own.
bool RefersTo(const std::string& query, const db::RemovedColumns& removed);

}  // namespace segue::postgres
