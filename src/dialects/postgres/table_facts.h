// What the catalogue says of a table, as texts that tell one table from
// another.
#pragma once

#include <string>

namespace segue::postgres {

// Returns a SELECT of one text for each thing that `table`, an expression for
// its oid, has. The texts are the same for a table and for one that has taken
// its name and everything else. It has to run with an empty search path.
// A foreign key is the same whether it is valid or not.
std::string TableFactsSql(const std::string& table, int major);

// Returns a SELECT of what may have a comment: `class`, `id`, and `what`, the
// words of COMMENT ON. It is about the row `t` of pg_class, and has to run with
// an empty search path.
std::string CommentedSql();

// Returns a SELECT as PlannedAction::inventory has it: of what a copy of the
// table got when it was made, and does not get when it takes the place.
// `table` is a text.
std::string TableInventorySql(const std::string& table);

}  // namespace segue::postgres
