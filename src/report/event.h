// What happens to a migration, as a line of the log or an object of an answer;
// docs/observability.md says what each has.
#pragma once

#include <string>

#include "base/log.h"
#include "segue/error.h"
#include "segue/progress.h"

namespace segue::report {

// "event", "migration" and all that belongs to this kind of event.
base::LogFields EventFields(const Progress& progress);
// One sentence or number for people; never empty where something is known.
std::string EventMessage(const Progress& progress);

// The event "phase" or "pace": what has changed is in `progress`.
base::LogFields PhaseFields(const Progress& progress);
base::LogFields PaceFields(const Progress& progress);
std::string PaceMessage(const Progress& progress);

// An error as the event that ends a run of `migration`, which may be empty.
Progress Failure(const std::string& migration, Phase phase, const Error& error);

}  // namespace segue::report
