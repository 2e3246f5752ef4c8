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

// Creates the temporary view kBoundCode of the expressions of the question,
// which evaluates none of them, and of which the catalogue says what it uses.
// Returns false when there are none, or when the server does not accept them.
// Must be called within a transaction that is not committed.
inline constexpr const char* kBoundCode = "pg_temp.segue_bound";
bool BindCode(db::Connection& connection, const db::Question& question);
// Returns the table that the expressions of the question are for.
schema::TableName CodeTable(const db::Question& question);

}  // namespace segue::postgres
