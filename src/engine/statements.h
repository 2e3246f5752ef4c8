// Execution of the statements that a plan has stored.
#pragma once

#include <string>
#include <vector>

#include "db/connection.h"
#include "engine/context.h"
#include "plan/planned.h"
#include "segue/plan.h"

namespace segue::engine {

// True when the result of this SELECT is one row with one true boolean.
bool Holds(db::Connection& connection, const std::string& question);

// Returns the first column of what this SELECT finds. What it names may be
// gone: then it finds nothing.
std::vector<std::string> TextsOf(const Context& context,
                                 const std::string& sql);

// Returns why the undo of what the migration has run would lose something, by
// the actions themselves: those of the contract only, or all.
enum class UndoOf { kContract, kAll };
std::vector<std::string> UndoObjections(const Context& context,
                                        const MigrationRow& row, UndoOf what);

// True when an action that runs outside a transaction has happened, even if its
// runner died before it recorded that.
bool HappenedAlone(db::Connection& connection, const PlannedAction& action);

// Executes the statement, unless its condition says that there is nothing to
// do. Returns false when it changes another number of rows than the plan
// expects.
bool TryExecute(db::Connection& connection, const Statement& statement);
// Does the same, and throws Error{kRefused} instead.
void Execute(db::Connection& connection, const Statement& statement);

}  // namespace segue::engine
