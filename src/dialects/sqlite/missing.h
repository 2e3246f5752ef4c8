// SELECTs for PlannedAction::missing.
#pragma once

#include <string>
#include <vector>

#include "plan/planned.h"

namespace segue::sqlite {

// `what`, as "column 'x' of 't'", is gone unless the probe holds.
std::string GoneUnless(const std::string& probe, const std::string& what);

// Returns the SELECT for the triggers and views that these statements create.
std::string MissingOf(const std::vector<Statement>& created);
// Returns the same for triggers on a table, and for the columns that they use.
std::string MissingOn(const std::string& table,
                      const std::vector<Statement>& created,
                      const std::vector<std::string>& columns);

// Fails when the triggers are on another table, because somebody has renamed
// theirs: nothing could then be found under its name.
Statement RequireOn(const std::string& table,
                    const std::vector<Statement>& created);

}  // namespace segue::sqlite
