// The queries that the server has counted and that name what goes.
#pragma once

#include "engine/context.h"

namespace segue::engine {

// Keeps how often each such query has run so far. Joins the transaction that
// records "ready".
void RecordStatements(const Context& context, const MigrationRow& row);

}  // namespace segue::engine
