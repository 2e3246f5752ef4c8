// The queries that the history compares before and after a change of a table.
#pragma once

#include <string>
#include <vector>

#include "db/connection.h"
#include "plan/planned.h"
#include "schema/schema.h"

namespace segue::postgres {

Gauge GaugeFor(const schema::Table& table,
               const std::vector<std::string>& indexes);

// Returns a SELECT of how often the index has served a query since the
// statistics began. The SELECT gives NULL when there is no index of this name.
std::string ScansSql(const schema::TableName& index);

// See db::Dialect.
void SettleCounts(db::Connection& connection);

}  // namespace segue::postgres
