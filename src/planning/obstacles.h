// The obstacles to the replacement or the drop of a column: everything that
// depends on the column and would be dropped with it, or would make the drop
// fail.
// fail.
#pragma once

#include <string>
#include <vector>

#include "planning/table_work.h"

namespace segue::ops {

enum class Fate {
  kReplaced,  // another column takes its place and name
  kDropped,   // it is dropped
};

// Returns all obstacles, each with the name of the object; empty: none.
std::vector<std::string> Obstacles(const schema::Table& table,
                                   const schema::Column& column, Fate fate,
                                   const db::Capabilities& capabilities);

// True for a foreign key that leads from the column to another table.
bool IsForeignKeyOf(const schema::Constraint& constraint,
                    const std::string& column);

// Throws Error{kRefused} with all obstacles.
void RefuseObstacles(const TableWork& work, const schema::Column& column,
                     Fate fate);

// Throws Error{kRefused} when a trigger cannot write the column, so that the
// column cannot be kept in step with another one.
void RefuseUnwritable(const TableWork& work, const schema::Column& column,
                      const std::string& hint);

}  // namespace segue::ops
