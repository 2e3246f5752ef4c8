// Which of a directory's migrations the ledger does not know as complete.
#pragma once

#include <string>
#include <vector>

#include "ledger/ledger.h"
#include "segue/migration.h"

namespace segue::engine {

// The files not yet complete, in the order of their names, up to and including
// `to` (empty: all). Throws kUsage for two of one name, kNotFound for a `to`
// that is not among them, kRefused for a file that was changed after it was
// applied and for one that comes before an applied one.
std::vector<Migration> PendingFiles(db::Connection& connection,
                                    const Ledger& ledger,
                                    std::vector<Migration> files,
                                    const std::string& to);

// The active migration and what is folded into it, in order; empty: none.
std::vector<std::string> ActiveFiles(db::Connection& connection,
                                     const Ledger& ledger);

}  // namespace segue::engine
