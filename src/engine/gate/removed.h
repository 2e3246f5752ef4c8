// The columns whose names mean nothing any more once a contract is done.
#pragma once

#include <string>
#include <vector>

#include "ledger/ledger.h"

namespace segue::engine {

// Returns the columns that the contract removes and whose name no other column
// of the table takes over.
std::vector<ColumnName> NamesThatGo(const MigrationRow& row);
// True when a column of the table keeps its name, so that whoever writes it may
// be of the old version or of the new one.
bool KeepsAName(const MigrationRow& row, const std::string& table);

}  // namespace segue::engine
