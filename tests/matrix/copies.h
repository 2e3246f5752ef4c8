// The operations that copy or move a key, done to the kitchen-sink tables.
#pragma once

#include <vector>

#include "tests/matrix/operations.h"

namespace segue::test {

std::vector<NamedChange> CopiesOf(Form form, Key key);

}  // namespace segue::test
