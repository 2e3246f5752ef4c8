// What a run is done with: what the migration asks for outranks the rest.
#pragma once

#include "segue/migration.h"
#include "segue/migrator.h"

namespace segue::engine {

MigratorOptions OptionsFor(const MigratorOptions& given,
                           const Migration& migration);

}  // namespace segue::engine
