// What the SQL of a copy of a table and that of its exchange share.
#pragma once

#include <string>
#include <vector>

#include "plan/action.h"

namespace segue::postgres {

// Returns the names of the storage parameters.
std::vector<std::string> OptionNames(const plan::TableTraits& traits);
// Returns the rows of VALUES: ('name', 'copy'), ...
std::string IndexPairsSql(const std::vector<plan::IndexPair>& indexes);

}  // namespace segue::postgres
