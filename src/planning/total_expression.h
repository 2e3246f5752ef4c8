// Expressions that have a value for every row, whatever it holds.
#pragma once

#include <string>

namespace segue::ops {

// True when nothing in the expression can raise an error on a database that
// converts any value to any type: names, constants, casts and some functions.
// What is not known counts as able to.
bool IsTotal(const std::string& sql);

}  // namespace segue::ops
