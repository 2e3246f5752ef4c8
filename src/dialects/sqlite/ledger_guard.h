// Refuses a ledger that does what somebody else wrote.
#pragma once

#include "db/dialect.h"

namespace segue::sqlite {

// See db::Dialect. Whoever may write the file may write the ledger too, so only
// what runs by itself is looked for: views in the place of tables, virtual
// tables, and, unless the ledger is only read, triggers.
void RequireSafeLedger(db::Connection& connection, db::LedgerUse use);

}  // namespace segue::sqlite
