// Triggers of a partitioned table whose rows go to a copy. The server gives the
// row trigger to each partition. TRUNCATE of one partition fires only a trigger
// of its own, and ATTACH, DETACH and DROP fire none: the trigger of the table
// keeps in its argument which partitions there were, and with which triggers.
#pragma once

#include <string>
#include <vector>

#include "schema/schema.h"

namespace segue::postgres {

struct PartitionWatch {
  schema::TableName table;
  std::string row_trigger;
  std::string truncate_trigger;
  std::string function;  // qualified and quoted
  bool of_seal = false;  // the table has taken the place of its copy
};

// Returns the statement that installs the triggers of TRUNCATE. The row trigger
// is there, and the table is locked.
std::string WatchPartitionsSql(const PartitionWatch& watch);
// Returns the statement that drops all triggers, also of a table that is no
// partition any more.
std::string UnwatchPartitionsSql(const PartitionWatch& watch);
// Returns the statement that raises an error unless the partitions and their
// triggers are those that were there at first.
std::string RequirePartitionsSql(const PartitionWatch& watch);
// Returns a SELECT as PlannedAction::missing has it, of the same.
std::string OtherPartitionsSql(const PartitionWatch& watch);

// Returns what the trigger function does for TRUNCATE. `same` compares a row
// `c` of the copy `target` with a row `t` of the partition.
std::string TruncateBodySql(const std::string& target, const std::string& same);

}  // namespace segue::postgres
