// What the roles that write a table need in order to evaluate an expression.
// The triggers of a motion, defaults, checks and indexes are evaluated with the
// rights of whoever writes.
#pragma once

#include "db/connection.h"
#include "db/question.h"

namespace segue::postgres {

// Adds to the answer what the expressions of the question need of the roles
// that may write its table. Where these are no expression of a motion, the
// answer is a refusal that names the first role that lacks something.
void AddWriterRights(db::Connection& connection, const db::Question& question,
                     db::Answer& answer);

}  // namespace segue::postgres
