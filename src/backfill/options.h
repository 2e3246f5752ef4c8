// What a run is done with: what the migration asks for outranks the rest.
#pragma once

#include <chrono>

#include "db/dialect.h"
#include "segue/migration.h"
#include "segue/migrator.h"

namespace segue::engine {

MigratorOptions OptionsFor(const MigratorOptions& given,
                           const Migration& migration);

// The longest wait for a lock: the options', else the database's default.
std::chrono::milliseconds LockBudgetOf(const MigratorOptions& options,
                                       const db::Capabilities& capabilities);

}  // namespace segue::engine
