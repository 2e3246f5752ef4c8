// The options of a run; those of the migration's file outrank the others.
#pragma once

#include <chrono>

#include "db/dialect.h"
#include "segue/migration.h"
#include "segue/migrator.h"

namespace segue::engine {

MigratorOptions OptionsFor(const MigratorOptions& given,
                           const Migration& migration);

// Returns the longest wait for a lock: that of the options, otherwise the
// database's default.
std::chrono::milliseconds LockBudgetOf(const MigratorOptions& options,
                                       const db::Capabilities& capabilities);

}  // namespace segue::engine
