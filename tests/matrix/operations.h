// What is done to the kitchen-sink tables, as a migration and as plain SQL.
#pragma once

#include <string>
#include <vector>

#include "tests/matrix/kitchen_sink.h"
#include "tests/support/beside_plain.h"

namespace segue::test {

struct NamedChange {
  std::string name;  // "alter_column type.worn"
  Change change;
  Hanging hanging = Hanging::kEverything;
};

// Every operation on the table `table` of a kitchen sink; an operation on one
// column comes once for each of `calm`, `worn` and `busy`.
std::vector<NamedChange> ChangesOf(const std::string& table);

}  // namespace segue::test
