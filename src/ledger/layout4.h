// Upgrades layout 4, which kept observations among the rows of walks.
#pragma once

#include "db/dialect.h"

namespace segue::engine {

// Moves the observations into their own table. Joins the caller's transaction,
// in which the tables of layout 5 exist already.
void MoveObservations(db::Connection& connection, const db::Dialect& dialect);

}  // namespace segue::engine
