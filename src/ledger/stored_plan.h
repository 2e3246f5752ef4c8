// The plan of a migration as the ledger keeps it.
#pragma once

#include "ledger/ledger.h"

namespace segue::engine {

// Stores the plan of the row again, after a part of it was rendered anew. Joins
// the open transaction.
void StorePlan(db::Connection& connection, const Ledger& ledger,
               const MigrationRow& row);

}  // namespace segue::engine
