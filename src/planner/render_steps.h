// Renders draft steps: each action in the words of its database, and the units
// in which actions commit.
#pragma once

#include <string>
#include <vector>

#include "db/language.h"
#include "planning/operation.h"
#include "segue/plan.h"

namespace segue::engine {

// Throws Error{kRefused} when the operation has marked actions that must take
// effect together and the database cannot execute them as one.
Step RenderStep(const db::Language& language, const ops::DraftStep& draft,
                const db::RenderContext& context);

}  // namespace segue::engine
