// From draft steps to the steps of a plan: each action in its database's words,
// and which of them commit together.
#pragma once

#include <string>
#include <vector>

#include "db/language.h"
#include "planning/operation.h"
#include "segue/plan.h"

namespace segue::engine {

// Throws Error{kRefused} where the operation marked actions to take effect
// together and the database cannot do them as one.
Step RenderStep(const db::Language& language, const ops::DraftStep& draft,
                const db::RenderContext& context);

}  // namespace segue::engine
