// Editing the text of a table where it is kept.
#pragma once

#include <string>
#include <vector>

#include "plan/planned.h"

namespace segue::sqlite {

// `expression` is an SQL expression over `sql`, the table's present text.
std::vector<Statement> EditText(const std::string& table,
                                const std::string& expression);

// "function(a, b)"
std::string Call(const char* function,
                 const std::vector<std::string>& arguments);

}  // namespace segue::sqlite
