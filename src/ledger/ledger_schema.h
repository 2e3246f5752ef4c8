// The ledger's tables.
#pragma once

#include <string>
#include <vector>

#include "db/dialect.h"

namespace segue::engine {

// The version of the ledger's layout that this program writes.
inline constexpr int kLedgerVersion = 5;

// CREATE TABLE IF NOT EXISTS statements, in order; safe to repeat.
std::vector<std::string> LedgerTables(const db::Capabilities& capabilities);

// What turns the layout of `version` into the next one, besides the tables
// that LedgerTables creates, which are there already, and the rows that go into
// other tables.
std::vector<std::string> LedgerUpgrade(const db::Capabilities& capabilities,
                                       int version);

}  // namespace segue::engine
