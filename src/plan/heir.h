// What takes the place of a column that goes with the contract.
#pragma once

#include <string>

namespace segue::plan {

struct Heir {
  std::string table;   // of both columns, in the schema of the plan
  std::string column;  // the column that goes, as it is called while both live
  std::string heir;    // the one that stays, as it is called until then
  std::string name;    // and as it is called afterwards
  // True when the migration decides on its default.
  bool own_default = false;
  // True when applications write both columns until then: the triggers know
  // what left out means by the defaults of the start.
  bool both_written = false;
  friend bool operator==(const Heir&, const Heir&) = default;
};

}  // namespace segue::plan
