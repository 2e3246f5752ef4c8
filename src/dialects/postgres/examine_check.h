// Asks the server about a check before the check is added to the table.
#pragma once

#include "db/connection.h"
#include "db/question.h"

namespace segue::postgres {

// Works in a transaction that is rolled back: adds the check to an empty clone
// of the table and then renames the clone's columns to their physical names.
// The server rewrites the stored expression itself, so segue never replaces
// text.
db::Answer AnswerTo(db::Connection& connection,
                    const db::CheckQuestion& question);

}  // namespace segue::postgres
