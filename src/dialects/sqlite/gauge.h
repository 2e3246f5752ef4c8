// What is read of a table before and after a change.
#pragma once

#include <string>
#include <vector>

#include "plan/planned.h"
#include "schema/schema.h"

namespace segue::sqlite {

// SQLite does not count how often an index is used.
Gauge GaugeFor(const schema::Table& table,
               const std::vector<std::string>& indexes);

}  // namespace segue::sqlite
