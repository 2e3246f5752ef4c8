// The queries that the history compares before and after a change of a table.
#pragma once

#include <string>
#include <vector>

#include "plan/planned.h"
#include "schema/schema.h"

namespace segue::sqlite {

// The gauge has no index scans, because SQLite does not count how often an
// index is used.
Gauge GaugeFor(const schema::Table& table,
               const std::vector<std::string>& indexes);

}  // namespace segue::sqlite
