// What one statement of a trigger function does with the row.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "dialects/postgres/parse_tree.h"
#include "dialects/postgres/row_use.h"

namespace segue::postgres {

// The names under which a function has the row.
struct RowNames {
  std::set<std::string> tables;          // whose rows are the row
  std::vector<std::string> transitions;  // those that are transition tables
  std::set<std::string> holders;         // NEW, OLD and variables with the row
};

// Adds what the statement does to `use`. Returns true when the statement gives
// the row, so that what takes its result has it. Throws Unreadable for a tree
// of another shape.
bool ReadQuery(const Json& tree, const RowNames& names, RowUse& use);

// True when some expression is the whole row.
bool MentionsRow(const Json& tree, const RowNames& names);

}  // namespace segue::postgres
