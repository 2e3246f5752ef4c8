// Asks the user before something is removed for good.
#pragma once

#include "cli/context.h"
#include "segue/progress.h"

namespace segue::cli {

// Asks at the terminal, which must be there. Throws Error{kRefused}, whose
// message begins with `otherwise`, unless the answer is yes.
void Confirm(const Context& context, const std::string& question,
             const std::string& otherwise);

// Throws Error{kRefused} when there is no terminal at which to ask.
void RequireTerminal(const Context& context);

// Throws Error{kRefused} unless the user agrees to what the contract removes.
void ConfirmContract(const Context& context, const MigrationStatus& status);

}  // namespace segue::cli
