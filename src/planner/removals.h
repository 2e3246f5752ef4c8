// Finds what goes with a contract and rows may be tied to.
#pragma once

#include <vector>

#include "planning/operation.h"
#include "schema/schema.h"
#include "segue/plan.h"

namespace segue::engine {

// Returns the tables that these steps drop, and the foreign keys that they drop
// and give no other column or constraint, each once. `schema` is as it was
// before the migration.
std::vector<Removal> RemovalsOf(const schema::Schema& schema,
                                const std::vector<ops::DraftStep>& steps);

}  // namespace segue::engine
