// The definitions of the ledger's tables.
#pragma once

#include <string>
#include <vector>

#include "db/dialect.h"

namespace segue::engine {

// The version of the ledger's layout that this program writes.
inline constexpr int kLedgerVersion = 6;

// Returns CREATE TABLE IF NOT EXISTS statements, in order. They are safe to
// repeat.
std::vector<std::string> LedgerTables(const db::Capabilities& capabilities);

// Returns the statements that turn the layout of `version` into the next one.
// They leave out the tables that LedgerTables creates, which exist by then, and
// the rows that move to other tables.
std::vector<std::string> LedgerUpgrade(const db::Capabilities& capabilities,
                                       int version);

}  // namespace segue::engine
