// What of a table its copy could not get.
#pragma once

#include <string>

namespace segue::postgres {

// Returns a query for the names of it. `table` is an expression for the name of
// the table. With `partitioned`: what a partitioned copy could not have.
// Without it what partitions of the table have for themselves is among them.
std::string CopyReasonsSql(const std::string& table, bool partitioned);
// Returns the query for what several copies could not have, among which the
// rows are divided, although one could have it.
std::string DividedReasonsSql(const std::string& table);
// Returns the query for what would publish the partitions of the table by
// themselves, if it had some.
std::string PublishedPartsSql(const std::string& table);
// Returns the query for that of the partitions alone.
std::string PartitionReasonsSql(const std::string& table);

}  // namespace segue::postgres
