// The names of columns and tables in an index, a constraint or a new table,
// which have to follow when the migration gives what they name another name.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "planning/operation.h"

namespace segue::ops {

// A column that an operation names as such, not in an SQL text.
struct ColumnUse {
  std::string table;  // as the file calls it
  std::string column;
  friend auto operator<=>(const ColumnUse&, const ColumnUse&) = default;
};

// Returns the columns over which the operation builds an index or constraint,
// and those to which its foreign keys refer. `schema` knows the primary key of
// a table to which a key refers without naming columns. Empty for operations
// that do neither.
std::vector<ColumnUse> ColumnUses(const Operation& operation,
                                  const schema::Schema& schema);

// True when an SQL text of the index or constraint mentions the column.
bool MentionsInText(const Operation& operation, const std::string& column);

// Returns the operation with the column called `to`. Returns the same operation
// when it does not name the column.
OperationPtr WithColumn(const OperationPtr& operation, const ColumnUse& from,
                        const std::string& to);
// Returns the operation with the table called `to`, where it works on the table
// or refers to it.
OperationPtr WithTable(const OperationPtr& operation, const std::string& from,
                       const std::string& to);

}  // namespace segue::ops
