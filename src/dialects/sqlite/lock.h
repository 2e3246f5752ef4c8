// The exclusion of another runner. SQLite has no session lock that outlives a
// transaction, and a lock on the file would shut out the application. Here only
// the lease row in the ledger excludes another runner; the engine reads it
// again in each transaction. That is enough, because every transaction of
// segue's first takes the one write lock of the database, so that the row
// cannot change meanwhile.
#pragma once

#include <memory>
#include <vector>

#include "db/dialect.h"

namespace segue::sqlite {

// Returns a lock that does nothing. The result is never null.
std::unique_ptr<db::RunnerLock> TakeRunnerLock();

// Returns nothing, because SQLite does not tell which session holds the lock.
std::vector<db::Session> Blockers();

}  // namespace segue::sqlite
