// The result of a run as text for people: what is live now and what to do next.
#pragma once

#include <string>

#include "segue/migrator.h"

namespace segue::report {

std::string SummaryText(const Outcome& outcome);

// Returns, for a dry run, the plan and then what would have been recorded.
std::string DryRunText(const Outcome& outcome);

}  // namespace segue::report
