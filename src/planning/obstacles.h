// What stands in the way of replacing or dropping a column: everything that
// hangs on it and would go with it, or would make the drop fail.
#pragma once

#include <string>
#include <vector>

#include "planning/table_work.h"

namespace segue::ops {

enum class Fate {
  kReplaced,  // another column takes its place and name
  kDropped,   // it goes for good
};

// All reasons against it, each naming what it is about; empty: none.
std::vector<std::string> Obstacles(const schema::Table& table,
                                   const schema::Column& column, Fate fate,
                                   const db::Capabilities& capabilities);

// Throws Error{kRefused} with all of them.
void RefuseObstacles(const TableWork& work, const schema::Column& column,
                     Fate fate);

// Throws Error{kRefused} when a trigger cannot write the column, so that it
// cannot be kept in step with another one.
void RefuseUnwritable(const TableWork& work, const schema::Column& column,
                      const std::string& hint);

}  // namespace segue::ops
