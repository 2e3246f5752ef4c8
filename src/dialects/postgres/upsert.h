// What an upsert proposes: a trigger sees it as an INSERT, and what the trigger
// fills in is EXCLUDED for the statement.
#pragma once

#include <string>

#include "dialects/postgres/motion_terms.h"
#include "schema/schema.h"

namespace segue::postgres {

// Returns the part of a trigger function that leaves a NULL of a row alone
// where its key is taken, so that `coalesce(excluded.n, t.n)` keeps what is
// there. Empty when the motion fills no NULL on INSERT, and when the table has
// no key that can be looked up.
std::string LeavesProposalAlone(const MotionTerms& terms,
                                const schema::Table& table);

}  // namespace segue::postgres
