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

// True when the column, by its name in the database, is part of the primary
// key.
bool InPrimaryKey(const schema::Table& table, const std::string& column);
// True when the default of the column takes values from a sequence.
bool TakesFromSequence(const schema::Column& column);

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
