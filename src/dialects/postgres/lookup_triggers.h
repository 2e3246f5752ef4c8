// The triggers of a motion whose old side is a column of another table
// (plan::ColumnMotion::lookup). docs/decisions/move-column.md says why they are
// as they are.
#pragma once

#include <string>
#include <vector>

#include "dialects/postgres/motion_terms.h"

namespace segue::postgres {

// Returns the body of the trigger function that runs before a write of the
// motion's table, without BEGIN and RETURN. It gives a row that came without
// the value that of the other table.
std::string LookupBody(const MotionTerms& terms);

// Returns CREATE FUNCTION for the look into the other table and for what
// carries a write over, and the names of these functions.
std::vector<std::string> LookupFunctions(const MotionTerms& terms);
std::vector<std::string> LookupFunctionNames(const MotionTerms& terms);

// Returns what waits for every writer of both tables that has begun without the
// triggers. A delete goes from the other table to the motion's, and so do the
// locks; an insert there only reads the other one.
std::string LockBothTables(const MotionTerms& terms);

// Return the names of the triggers that carry writes over, on the motion's
// table and on the other one, and their CREATE and DROP TRIGGER.
std::vector<std::string> CarryTriggersHere(const MotionTerms& terms);
std::vector<std::string> CarryTriggersThere(const MotionTerms& terms);
std::vector<std::string> CreateCarryTriggers(const MotionTerms& terms);
std::vector<std::string> DropCarryTriggers(const MotionTerms& terms);

// Returns a condition that is true for a row of the motion's table that differs
// from its row of the other one.
std::string DiffersFromLookup(const MotionTerms& terms, const std::string& row);

}  // namespace segue::postgres
