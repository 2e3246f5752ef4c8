// Finds the migration that a command names.
#pragma once

#include <string>

#include "ledger/ledger.h"

namespace segue::engine {

// Returns what the ledger has of the migration `id`, which is the active one,
// or is over. Throws Error{kNotFound}, which names the nearest, when the ledger
// does not know it, and Error{kRefused} for a part of the active migration,
// which is named then.
MigrationRow FindNamed(db::Connection& connection, const Ledger& ledger,
                       const std::string& id);

bool IsOver(const MigrationRow& row);

// Throws Error{kRefused} for a migration that is over, but not in this phase.
void RefuseOtherEnd(db::Connection& connection, const Ledger& ledger,
                    const MigrationRow& row, Phase end);

// Returns "migration '01_a' is already complete, with '02_b'".
std::string OverText(const MigrationRow& row);

}  // namespace segue::engine
