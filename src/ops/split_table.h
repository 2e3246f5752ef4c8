// The keys of split_table (* is required): table*, to*{table*, columns*[],
// key[]}. The columns move to a table of their own, which has one row for each
// row of the table, by its primary key.
#pragma once

#include <string>
#include <vector>

#include "planning/operation.h"

namespace segue::ops {

struct SplitTableSpec {
  std::string table;
  std::string to;
  std::vector<std::string> columns;
  std::vector<std::string> key;  // empty: the primary key of the table
};

NewOperation MakeSplitTable(SplitTableSpec spec);
NewOperation ParseSplitTable(const base::Node& body);

}  // namespace segue::ops
