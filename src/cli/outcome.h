// How a command that ran a migration ends.
#pragma once

#include "cli/context.h"
#include "segue/migrator.h"

namespace segue::cli {

// Prints the outcome as text or JSON; returns exit code 0.
int PrintOutcome(const Context& context, const Outcome& outcome, bool dry_run);

}  // namespace segue::cli
