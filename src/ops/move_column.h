// Moves a column to another table, each row of which refers to a row of the
// first one by a foreign key. The keys (* is required): from* {table*,
// column*}, to* {table*, column}, join*, down.
#pragma once

#include <string>

#include "planning/operation.h"

namespace segue::ops {

struct MoveColumnSpec {
  struct Place {
    std::string table;
    std::string column;
  };
  Place from;
  Place to;
  // The column of `to` that refers, and the column of `from` to which.
  std::string refers;
  std::string key;
  // The value that the old version sees in new rows of `from`; empty: none.
  std::string down;
};

NewOperation MakeMoveColumn(MoveColumnSpec spec);
NewOperation ParseMoveColumn(const base::Node& body);

}  // namespace segue::ops
