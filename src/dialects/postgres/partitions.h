// The partitions of a hidden copy, as SQL.
#pragma once

#include <string>
#include <vector>

#include "plan/action.h"

namespace segue::postgres {

// Returns what follows PARTITION BY; empty for a copy without partitions.
std::string PartitionBySql(const plan::CopyTable& action);
// Returns the name of each partition and its bounds, as rows of VALUES.
std::string PartitionRowsSql(const plan::CopyTable& action);
// Returns the statements that build the indexes of the empty copy.
std::vector<std::string> PartitionIndexesSql(const plan::CopyTable& action);

}  // namespace segue::postgres
