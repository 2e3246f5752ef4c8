// What of a table becomes otherwise when it is divided into partitions.
#pragma once

#include <string>

#include "planning/table_work.h"

namespace segue::ops {

// True for "1 month", "12 hours" and "1000000", and for nothing else.
bool IsRangeLength(const std::string& text);

// True for a foreign key to the table.
bool RefersTo(const schema::Constraint& constraint,
              const schema::TableName& table);

// Returns `how` with the indexes of the partitioned copy, and gives the shape
// of `work` its keys. Throws Error{kRefused} for what a partitioned table
// cannot have.
plan::Partitioning PlanPartitions(TableWork& work, plan::Partitioning how);

}  // namespace segue::ops
