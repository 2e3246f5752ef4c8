// The default of a view's column that an INSERT has to give, although its table
// does not ask for it yet: it raises the error that the table would raise.
#pragma once

#include <string>

namespace segue::postgres {

std::string LeftOutFunction();
std::string DropLeftOutFunction();
// Returns the call for a column of a view, which returns text.
std::string LeftOutCall(const std::string& view, const std::string& column);

}  // namespace segue::postgres
