// The function by which an application says in SQL which version it runs. What
// it says is kept in the ledger, by the session that says it.
#pragma once

#include <string>
#include <vector>

namespace segue::postgres {

// Returns the statements that make segue.hello, which everybody may call. They
// are safe to repeat and come after the ledger's tables.
std::vector<std::string> HelloFunctions();

}  // namespace segue::postgres
