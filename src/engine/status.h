// The status of a migration, from the ledger.
#pragma once

#include <string>

#include "engine/context.h"

namespace segue::engine {

MigrationStatus StatusOf(const Context& context, MigrationRow row);

// Returns the outcome of a run that has ended.
Outcome OutcomeOf(const Context& context, const std::string& id);

}  // namespace segue::engine
