// Where a migration is, in words.
#pragma once

#include <string>

#include "segue/progress.h"

namespace segue::report {

// "MIGRATING (backfilling)"
std::string PhaseText(const MigrationStatus& status);
// Who runs it; what to do where nobody does but somebody should; else empty.
std::string RunnerText(const MigrationStatus& status);
// All that is known, a line a field, then the steps.
std::string StatusText(const MigrationStatus& status);

}  // namespace segue::report
