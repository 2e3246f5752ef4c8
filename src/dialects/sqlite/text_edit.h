// Edits of the text of a table in sqlite_schema.
#pragma once

#include <string>
#include <vector>

#include "plan/planned.h"

namespace segue::sqlite {

// Returns the statements that replace the text of a table by the value of
// `expression`, an SQL expression over `sql`, which is the present text.
std::vector<Statement> EditText(const std::string& table,
                                const std::string& expression);

// Returns "function(a, b)".
std::string Call(const char* function,
                 const std::vector<std::string>& arguments);

}  // namespace segue::sqlite
