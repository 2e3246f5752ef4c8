// The triggers of a view that shows columns of a table as a table of their own
// (plan::Part).
#pragma once

#include <vector>

#include "dialects/sqlite/instead_of.h"
#include "plan/planned.h"
#include "plan/view.h"

namespace segue::sqlite {

// Returns CREATE TRIGGER for INSERT, UPDATE and DELETE. `triggers` has the
// view, its table and their columns.
std::vector<Statement> PartTriggers(const InsteadOf& triggers,
                                    const plan::VersionView& view);

}  // namespace segue::sqlite
