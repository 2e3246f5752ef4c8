// What a run came to, in words: what is live now and what to do next.
#pragma once

#include <string>

#include "cli/context.h"
#include "segue/migrator.h"

namespace segue::cli {

std::string SummaryText(const Outcome& outcome);

// A dry run: the plan, then what would have been recorded.
std::string DryRunText(const Outcome& outcome);

// Prints the outcome as text or JSON; returns exit code 0.
int PrintOutcome(const Context& context, const Outcome& outcome, bool dry_run);

}  // namespace segue::cli
