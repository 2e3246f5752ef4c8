// What hangs on the columns that a contract takes away: kept once a migration
// has expanded, and compared before anything is contracted, so that nothing is
// lost which others have made meanwhile.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "ledger/ledger.h"

namespace segue::engine {

// Records what is there now. Joins the open transaction.
void KeepInventory(db::Connection& connection, const Ledger& ledger,
                   const MigrationRow& row);

// Throws Error{kRefused} with the names of everything that has come or gone
// since. A migration of an earlier segue has recorded nothing, and passes.
void RefuseChanged(db::Connection& connection, const Ledger& ledger,
                   const MigrationRow& row);

// Locks what these actions of a step take away, for the rest of the open
// transaction, and throws the same over what has come. What is gone by then is
// what the contract itself has taken away.
void LockUnchanged(db::Connection& connection, const Ledger& ledger,
                   const MigrationRow& row, std::size_t step, std::size_t begin,
                   std::size_t end);

}  // namespace segue::engine
