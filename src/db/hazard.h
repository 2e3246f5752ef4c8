// What a database knows to go wrong with a plan on a given schema, before
// anything is changed.
#pragma once

#include <cstddef>
#include <string>

namespace segue::db {

struct Hazard {
  bool refuses = true;   // false: a warning
  std::string id;        // as Finding::id: "half-written-row"
  std::string message;   // names the object
  std::string why;       // what would go wrong
  std::string safe_way;  // what to do instead
  // The place of the action that it is about, in the list that was given.
  std::size_t action = 0;
};

}  // namespace segue::db
