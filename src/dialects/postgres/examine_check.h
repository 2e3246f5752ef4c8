// What the server makes of a check before it is over the table.
#pragma once

#include "db/connection.h"
#include "db/question.h"

namespace segue::postgres {

// In a transaction that is rolled back: on an empty clone the check is added,
// then the clone's columns are renamed to where they live. The server rewrites
// the stored expression itself, so that no text is ever replaced by us.
db::Answer AnswerTo(db::Connection& connection,
                    const db::CheckQuestion& question);

}  // namespace segue::postgres
