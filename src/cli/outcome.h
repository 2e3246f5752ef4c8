// Prints the result of a command that has run a migration.
#pragma once

#include "cli/context.h"
#include "segue/migrator.h"

namespace segue::cli {

// Prints the outcome as text or as JSON. Returns exit code 0.
int PrintOutcome(const Context& context, const Outcome& outcome, bool dry_run);

}  // namespace segue::cli
