// The migration that a command acts on, and who stands in its way.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "cli/context.h"
#include "segue/migrator.h"

namespace segue::cli {

// Returns the NAME that was given; otherwise the id of the active migration,
// which may be empty, so that the command acts on no other one. With --yes it
// says in one line which one that is.
std::string TargetOf(const Context& context, const std::string& active);

// Calls `act`. A NAME that was never started is refused when it is that of a
// migration file.
int ForNamed(const Context& context, const std::function<int()>& act);

// Returns --reason, empty without `option`. Throws Error{kUsage} when one of
// the options that need a reason is given without one, or a reason without any
// of them.
std::string ReasonFor(const Context& context, const std::string& option);

// Takes over --kill-blockers-after. Throws Error{kUsage} as ReasonFor does.
void ReadBlockerOptions(const Context& context, MigratorOptions& options);

}  // namespace segue::cli
