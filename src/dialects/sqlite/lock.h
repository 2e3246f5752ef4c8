// Excluding another runner. SQLite has no session lock that outlives a
// transaction, and a lock on the file would shut out the application: here the
// lease row in the ledger, which the engine re-reads in each transaction, is
// all there is. That is enough because every transaction of segue's takes the
// database's one write lock first, so that the row cannot change under it.
#pragma once

#include <memory>
#include <vector>

#include "db/dialect.h"

namespace segue::sqlite {

// Never null.
std::unique_ptr<db::RunnerLock> TakeRunnerLock();

// SQLite does not tell who holds the lock: always empty.
std::vector<db::Blocker> Blockers();

}  // namespace segue::sqlite
