// How long nothing has read or written through the old version.
#pragma once

#include "engine/context.h"

namespace segue::engine {

// Looks at the counts for the first time. Joins the transaction that records
// "ready".
void RecordSoak(const Context& context, const MigrationRow& row);

}  // namespace segue::engine
