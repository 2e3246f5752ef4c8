// What is known of a migration, for those who ask.
#pragma once

#include <string>

#include "engine/context.h"

namespace segue::engine {

MigrationStatus StatusOf(const Context& context, MigrationRow row);

// What a run came to that is over.
Outcome OutcomeOf(const Context& context, const std::string& id);

}  // namespace segue::engine
