// The ledger's tables.
#pragma once

#include <string>
#include <vector>

#include "db/dialect.h"

namespace segue::engine {

// The version of the ledger's layout that this program writes.
inline constexpr int kLedgerVersion = 1;

// CREATE TABLE IF NOT EXISTS statements, in order; safe to repeat.
std::vector<std::string> LedgerTables(const db::Capabilities& capabilities);

}  // namespace segue::engine
