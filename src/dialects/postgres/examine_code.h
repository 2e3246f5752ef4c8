// Finds code of other roles in what a migration file says, before the server
// evaluates any of it.
#pragma once

#include <string>
#include <vector>

#include "db/connection.h"
#include "db/question.h"

namespace segue::postgres {

// Throws Error{kRefused} when the session is a superuser's and the expressions
// or types of the question use a function, a type or a relation of a role that
// is neither a superuser, nor the runner's own, nor the owner of the table. The
// server evaluates constant parts of an expression already when it plans a
// statement, so a question alone would run that role's code with all rights.
void RefuseForeignCode(db::Connection& connection,
                       const db::Question& question);

// Throws the same over what the tables themselves have: checks, defaults,
// generated columns, indexes and the types of columns. A table that is not
// there has nothing.
void RefuseForeignCode(db::Connection& connection, const std::string& schema,
                       const std::vector<std::string>& tables);

}  // namespace segue::postgres
