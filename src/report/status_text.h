// The status of a migration as text for people.
#pragma once

#include <optional>
#include <string>

#include "segue/files.h"
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
// Returns what is pending in the directory and what is gone from it, with the
// next command; empty: nothing. `status` is that of the newest migration.
std::string FilesText(const FileStatus& files,
                      const std::optional<MigrationStatus>& status);

}  // namespace segue::report
