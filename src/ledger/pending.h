// Compares the files of a directory with the migrations in the ledger.
#pragma once

#include <string>
#include <vector>

#include "ledger/ledger.h"
#include "segue/migration.h"

namespace segue::engine {

// Returns the files that are not yet complete, in the order of their names, up
// to and including `to` (empty: all). Throws Error{kUsage} for two files with
// one name, Error{kNotFound} for a `to` that is not among them, and
// Error{kRefused} for a file that was changed after it was applied and for one
// that comes before an applied one.
std::vector<Migration> PendingFiles(db::Connection& connection,
                                    const Ledger& ledger,
                                    std::vector<Migration> files,
                                    const std::string& to);

// Returns the ids of the active migration and of those that are folded into it,
// in order; empty when none is active.
std::vector<std::string> ActiveFiles(db::Connection& connection,
                                     const Ledger& ledger);

}  // namespace segue::engine
