// split_table by rows: the rows of a table are divided among several tables,
// which have all of its columns.
#pragma once

#include <string>
#include <vector>

#include "planning/operation.h"

namespace segue::ops {

struct SplitRowsSpec {
  struct Piece {
    std::string table;
    // The condition of its rows. Empty, for the last one: all other rows.
    std::string where;
  };
  std::string table;
  // A row belongs to the first of these whose condition is true.
  std::vector<Piece> to;
};

NewOperation MakeSplitRows(SplitRowsSpec spec);
// Reads the body of a split_table whose `to` is a list.
NewOperation ParseSplitRows(const base::Node& body);

}  // namespace segue::ops
