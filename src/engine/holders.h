// What others have made on what a migration has made: an object that depends on
// it keeps it from being taken away again.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "engine/context.h"

namespace segue::engine {

// What hangs on it when both versions become live, by the action that made it.
// The migration itself has made that, and its rollback undoes it first.
using HoldersFound = std::map<std::string, std::vector<db::Value>>;
HoldersFound FindHolders(const Context& context, const MigrationRow& row);
// Joins the open transaction.
void RecordHolders(const Context& context, const MigrationRow& row,
                   const HoldersFound& found);

// Returns what keeps the contract from going on, and the rollback with it: what
// others have made on a column that goes either way.
std::vector<std::string> HoldersOfContract(const Context& context,
                                           const MigrationRow& row);

// These throw Error{kRefused} that names what others have made. A contract that
// has begun was looked at before.
void RefuseHeldContract(const Context& context, const MigrationRow& row);
void RefuseHeldUndo(const Context& context, const MigrationRow& row);

}  // namespace segue::engine
