// The statements that take what a table has away from it and give it to the
// table that takes its place.
#pragma once

#include <string>

namespace segue::postgres {

// Returns a SELECT of `rank`, `place` and `sql`. Statements whose rank is below
// 0 run while the table has its name, and the others once the other one has it.
// `giver` and `taker` are expressions for the oids of the two. It has to run
// with an empty search path.
std::string SwapStatementsSql(const std::string& giver,
                              const std::string& taker, int major);

}  // namespace segue::postgres
