// Every operation after every other one, on the same column or the same table,
// in one migration.
#pragma once

#include <string>
#include <vector>

namespace segue::test {

// Two operations as items of `operations`, and what a client can write while
// both versions are live.
struct Pair {
  std::string first;   // "rename_column"
  std::string second;  // "alter_column type"
  std::string one;     // "  - rename_column: ...\n"
  std::string two;
  std::string only;  // the only dialect that can do it; empty: each
  // The rows of the table that both are on, by the old and by the new names;
  // empty when the one or the other version has no such table.
  std::string old_write;
  std::string new_write;
};

// The tables that the operations are on.
extern const char* const kPairSetup;

const std::vector<Pair>& Pairs();

}  // namespace segue::test
