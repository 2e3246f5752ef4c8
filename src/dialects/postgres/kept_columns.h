// The columns whose value an expression gives back wherever it is not NULL, by
// the shape of the expression: COALESCE(c, ...), CASE WHEN c IS NULL THEN ...
// ELSE c END, and c itself. Any other expression keeps none, as far as one can
// tell.
#pragma once

#include <string>
#include <vector>

#include "plan/motion.h"

namespace segue::postgres {

// Returns the names among those of the bindings.
std::vector<std::string> KeptColumns(const std::string& sql,
                                     const std::vector<plan::Binding>& names);

}  // namespace segue::postgres
