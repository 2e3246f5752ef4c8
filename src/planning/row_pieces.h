// The tables among which the rows of a table are divided.
#pragma once

#include <string>
#include <vector>

#include "plan/action.h"
#include "planning/table_work.h"

namespace segue::ops {

// One of the tables that come, and its hidden copy until then.
struct RowPiece {
  schema::Table target;  // as it is in the end
  schema::TableName hidden;
  plan::Expression where;
  plan::MotionId motion;
  std::vector<plan::IndexPair> first;  // of constraints; built with the copy
  std::vector<schema::Index> later;
};

struct RowDivision {
  std::vector<RowPiece> pieces;
  // The hidden table of the rows that belong to none; without a name: every row
  // has a table.
  schema::Table rest;
  plan::MotionId rest_motion;
};

// Returns the table `name`, which gets the rows of the live one for which
// `where` is true. What it has is called after it: an index `events_pkey`
// becomes `name_pkey`.
RowPiece PieceOf(const TableWork& work, const std::string& name,
                 plan::Expression where);

// Returns the hidden table of the rows that belong to no piece. It has the key
// alone: they are only counted and named.
schema::Table RestOf(const TableWork& work);

}  // namespace segue::ops
