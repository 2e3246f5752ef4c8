// The indexes of a column that is copied, and their copies over the new column.
#pragma once

#include <string>
#include <vector>

#include "planning/column_swap.h"
#include "planning/table_work.h"

namespace segue::ops {

struct IndexMove {
  schema::Index original;
  schema::Index copy;   // over the new column, under a temporary name
  schema::Index named;  // the copy, after the new column has got its name
};

// True when the column is among the index's columns, including those of
// INCLUDE.
bool UsesPlainly(const schema::Index& index, const std::string& column);
// True when an expression or the predicate of the index mentions the column.
bool MentionsInSql(const schema::Index& index, const std::string& column);
// Returns `index` with one column replaced by another.
schema::Index WithColumn(schema::Index index, const std::string& from,
                         const std::string& to);

// Returns those of the columns that the index is over, or mentions.
std::vector<ColumnSwap> Concerned(const schema::Index& index,
                                  const std::vector<ColumnSwap>& swaps);

// Plans the copies of the indexes over the old columns, which are built over
// the new ones, and claims the indexes. An index that cannot be copied becomes
// a note on the MIGRATING step. The database binds the expressions and the
// predicate of a copy; throws Error{kRefused} with its reason when it does not
// accept them over the new column. The index of the constraint `leaving` is not
// copied.
// Where an index is over several of the columns, its copy is over all of their
// successors.
std::vector<IndexMove> PlanIndexMoves(TableWork& work,
                                      const std::vector<ColumnSwap>& swaps,
                                      Use use, const std::string& leaving = "");

// Adds to the place what gives each copy the name of the index that it
// replaces. An index that will back a constraint gets its name when the
// constraint adopts it.
void NameIndexes(TableWork& work, const std::vector<IndexMove>& moves,
                 const std::vector<ColumnSwap>& swaps, Place place);
// True when the index is that of an exclusion constraint.
bool BacksExclusion(const schema::Table& table, const schema::Index& index);

}  // namespace segue::ops
