// What a run came to, in words: what is live now and what to do next.
#pragma once

#include <string>

#include "segue/migrator.h"

namespace segue::report {

std::string SummaryText(const Outcome& outcome);

// A dry run: the plan, then what would have been recorded.
std::string DryRunText(const Outcome& outcome);

}  // namespace segue::report
