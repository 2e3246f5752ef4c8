// Edits of sqlite_schema, for what ALTER TABLE cannot do.
#pragma once

#include <optional>
#include <vector>

#include "plan/planned.h"

namespace segue::sqlite {

// `edit` changes rows of sqlite_schema. Inside a transaction; a failure is
// undone by Connection::Rollback.
std::vector<Statement> EditSchema(Statement edit);

}  // namespace segue::sqlite
