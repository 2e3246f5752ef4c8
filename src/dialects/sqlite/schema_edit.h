// Edits of sqlite_schema, for changes that ALTER TABLE cannot make.
#pragma once

#include <optional>
#include <vector>

#include "plan/planned.h"

namespace segue::sqlite {

// Returns the statements around `edit`, which changes rows of sqlite_schema.
// They must run within a transaction; Connection::Rollback undoes them after a
// failure.
std::vector<Statement> EditSchema(Statement edit);

}  // namespace segue::sqlite
