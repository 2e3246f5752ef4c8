// The indexes of a column that is copied, and their copies over its new shape.
#pragma once

#include <string>
#include <vector>

#include "planning/table_work.h"

namespace segue::ops {

struct IndexMove {
  schema::Index original;
  schema::Index copy;  // over the new column, under a name of ours
};

// The index has the column itself among its columns (INCLUDE counts).
bool UsesPlainly(const schema::Index& index, const std::string& column);
// An expression or the predicate of the index mentions the column.
bool MentionsInSql(const schema::Index& index, const std::string& column);
// `index` with the column exchanged for another.
schema::Index WithColumn(schema::Index index, const std::string& from,
                         const std::string& to);

// The copies to build for `column` (physical) over `new_column`. What cannot
// be copied becomes a note on the MIGRATING step. Claims the indexes.
// The index of the constraint `leaving` is left alone.
std::vector<IndexMove> PlanIndexMoves(TableWork& work,
                                      const std::string& column,
                                      const std::string& new_column, Use use,
                                      const std::string& leaving = "");

}  // namespace segue::ops
