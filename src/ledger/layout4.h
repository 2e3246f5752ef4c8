// What layout 4 kept of observations among the rows of walks.
#pragma once

#include "db/dialect.h"

namespace segue::engine {

// Part of the caller's transaction, in which layout 5 has its tables already.
void MoveObservations(db::Connection& connection, const db::Dialect& dialect);

}  // namespace segue::engine
