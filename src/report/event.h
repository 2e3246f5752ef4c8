// The events of a migration, as a line of the log or as a JSON object;
// docs/observability.md lists their fields.
#pragma once

#include <string>

#include "base/log.h"
#include "segue/error.h"
#include "segue/progress.h"

namespace segue::report {

// Returns "event", "migration" and the fields that belong to this kind of
// event.
base::LogFields EventFields(const Progress& progress);
// Returns one sentence or number for people; it is never empty when something
// is known.
std::string EventMessage(const Progress& progress);

// Returns the fields of the event "phase" or "pace"; `progress` has what has
// changed.
base::LogFields PhaseFields(const Progress& progress);
base::LogFields PaceFields(const Progress& progress);
std::string PaceMessage(const Progress& progress);

// Returns the event with which `error` ends a run of `migration`, which may be
// empty.
Progress Failure(const std::string& migration, Phase phase, const Error& error);

}  // namespace segue::report
