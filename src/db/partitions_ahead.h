// Partitions that a table will need, and does not have yet.
#pragma once

#include <string>
#include <vector>

#include "schema/schema.h"

namespace segue::db {

struct AheadQuestion {
  schema::TableName table;
  std::string interval;  // "1 month"; empty: that of the last partition
  int count = 0;         // ranges after today, or after the highest value
};

struct NextPartition {
  std::string name;
  std::string from;
  std::string to;
  std::vector<std::string> statements;  // that make it
};

}  // namespace segue::db
