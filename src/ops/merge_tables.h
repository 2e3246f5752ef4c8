// Makes several tables of one shape one table, of which each is a part: no row
// is moved. A new column says to which of them a row belongs.
#pragma once

#include <string>
#include <vector>

#include "planning/operation.h"

namespace segue::ops {

struct MergeTablesSpec {
  struct Part {
    std::string table;
    std::string value;  // of the column in its rows: 'eu', 1
  };
  std::vector<Part> from;
  std::string to;
  std::string column;
};

NewOperation MakeMergeTables(MergeTablesSpec spec);
NewOperation ParseMergeTables(const base::Node& body);

}  // namespace segue::ops
