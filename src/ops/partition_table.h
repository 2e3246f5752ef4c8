// The keys of partition_table (* is required): table*, by* (range, list, hash),
// key*[], partitions*[], default, interval, ahead. A partition is {name, from,
// to} by range and {name, values} by list; by hash it is a name. With an
// interval, by range, the partitions follow from the values of the key.
#pragma once

#include <string>
#include <vector>

#include "planning/operation.h"

namespace segue::ops {

struct PartitionTableSpec {
  std::string table;
  plan::Partitioning how;     // its indexes are not known yet
  std::string interval = {};  // "1 month", "1000000"; empty: none
  int ahead = 3;              // the ranges after today or the highest value
};

NewOperation MakePartitionTable(PartitionTableSpec spec);
NewOperation ParsePartitionTable(const base::Node& body);

}  // namespace segue::ops
