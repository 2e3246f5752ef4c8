#pragma once

#include <vector>

#include "db/connection.h"
#include "db/partitions_ahead.h"

namespace segue::postgres {

// As db::Dialect::PartitionsAhead.
std::vector<db::NextPartition> PartitionsAhead(
    db::Connection& connection, const db::AheadQuestion& question);

}  // namespace segue::postgres
