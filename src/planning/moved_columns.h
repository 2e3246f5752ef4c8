// The columns of a table that move to another table, and what goes with them.
// Whatever hangs on them or on the table and is not carried is an obstacle.
#pragma once

#include <string>
#include <vector>

#include "planning/table_work.h"

namespace segue::ops {

struct MovedColumns {
  // The primary key of the table, in key order, as the other table has it.
  std::vector<schema::Column> key;
  std::vector<schema::Column> columns;
  std::vector<schema::Constraint> checks;  // over no other columns
  std::vector<schema::Index> indexes;      // over no other columns
};

// Claims the columns. `key` has the columns of the primary key in any order;
// empty: it is not given. Throws Error{kNotFound} when there is no such column,
// and Error{kRefused} with everything that could not go with them.
MovedColumns TakeMovedColumns(TableWork& work,
                              const std::vector<std::string>& columns,
                              const std::vector<std::string>& key);

// Throws Error{kRefused} with everything that hangs on the table as a whole and
// that another table, to which some of its columns move, would not have.
void RefuseUncarried(const TableWork& work);

}  // namespace segue::ops
