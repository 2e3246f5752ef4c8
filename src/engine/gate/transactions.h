// The transactions that read rows as they were before the new version.
#pragma once

#include "engine/context.h"

namespace segue::engine {

// Keeps the server's time when both versions became live. Joins the transaction
// that records "ready".
void RecordSwitch(const Context& context, const MigrationRow& row);

}  // namespace segue::engine
