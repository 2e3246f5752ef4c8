// The changes that can be made to any schema: some for each of its tables,
// columns, indexes and constraints.
#pragma once

#include <string>
#include <vector>

#include "tests/support/beside_plain.h"
#include "tests/support/client.h"

namespace segue::test {

struct SweptChange {
  std::string operation;  // "rename_column"
  std::string object;     // "public.orders.note"
  Change change;
};

// Reads the catalogue of the database to which the session is open.
std::vector<SweptChange> ChangesToSweep(Client& client);

}  // namespace segue::test
