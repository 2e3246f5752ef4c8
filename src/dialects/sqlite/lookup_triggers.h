// The triggers of a motion whose old side is a column of another table
// (plan::ColumnMotion::lookup). They write the row that was written, and its
// row or rows of the other table.
#pragma once

#include <string>
#include <vector>

#include "plan/motion.h"
#include "plan/planned.h"
#include "schema/schema.h"

namespace segue::sqlite {

// Those of the motion's table. `form` and `table` are as in CreateTriggers; the
// motion has the names of the form.
std::vector<Statement> LookupTriggersHere(const plan::ColumnMotion& motion,
                                          plan::SyncForm form,
                                          const schema::Table* table);
// Those of the other table; empty for a motion without a lookup, and once the
// contract is sealed.
std::vector<Statement> LookupTriggersThere(const plan::ColumnMotion& motion,
                                           plan::SyncForm form);
// Returns DROP TRIGGER IF EXISTS for those.
std::vector<Statement> DropLookupTriggers(const plan::ColumnMotion& motion);

// Returns the value of the other table for the row `row` of the motion's table:
// a quoted name, or NEW.
std::string LookedUp(const plan::ColumnMotion& motion, const std::string& row);
// Returns a condition that is true for a row of the motion's table that differs
// from its row of the other one.
std::string DiffersFromLookup(const plan::ColumnMotion& motion);

}  // namespace segue::sqlite
