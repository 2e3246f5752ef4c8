// What is so with a migration, in plain words, and what to do next.
#pragma once

#include <string>

#include "segue/progress.h"

namespace segue::report {

// Returns a sentence: "Both versions are live."
std::string StandsText(const MigrationStatus& status);
// Returns the next command and what it does; empty: nothing is to be done.
std::string NextText(const MigrationStatus& status);

}  // namespace segue::report
