// The sequences that belong to a column: those that it owns, and that of its
// identity.
#pragma once

#include <string>

namespace segue::postgres {

// Returns a SELECT of their oids as `id`, and of `deptype`: 'a' for one that
// the column owns, 'i' for that of its identity. `relation` and `column` are
// expressions: the oid of the table, and the name of the column. Neither may
// use the aliases `numbered`, `c` and `d`.
std::string OwnedSequencesSql(const std::string& relation,
                              const std::string& column);

}  // namespace segue::postgres
