// What is read of a table before and after a change.
#pragma once

#include <string>
#include <vector>

#include "plan/planned.h"
#include "schema/schema.h"

namespace segue::postgres {

Gauge GaugeFor(const schema::Table& table,
               const std::vector<std::string>& indexes);

// SELECT of how often the index served a query since the statistics began;
// NULL where there is none of this name.
std::string ScansSql(const schema::TableName& index);

}  // namespace segue::postgres
