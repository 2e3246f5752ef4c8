// The status of a migration as text for people.
#pragma once

#include <string>

#include "segue/progress.h"

namespace segue::report {

// Returns a text such as "MIGRATING (backfilling)".
std::string PhaseText(const MigrationStatus& status);
// Names the runner. Without a runner it says what to do when one is needed, and
// is empty otherwise.
std::string RunnerText(const MigrationStatus& status);
// Returns everything that is known, with one line for each field, and then the
// steps.
std::string StatusText(const MigrationStatus& status);

}  // namespace segue::report
