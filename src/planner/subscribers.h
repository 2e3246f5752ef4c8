// What subscribers of published tables have to know of a plan.
#pragma once

#include <vector>

#include "db/connection.h"
#include "db/language.h"
#include "db/publication.h"
#include "planning/operation.h"
#include "schema/schema.h"
#include "segue/subscriber.h"

namespace segue::engine {

// Returns the tables that the steps change, each once. `schema` is the database
// before the migration.
std::vector<db::ChangedTable> ChangedTables(const schema::Schema& schema,
                                            const ops::PlanContext& context);

// Returns what has to be done on a subscriber so that it follows the steps;
// empty when nothing of them is published. Throws Error{kRefused} for a change
// that it could not follow.
std::vector<SubscriberPart> PartsForSubscribers(
    const db::Language& language, db::Connection& connection,
    const std::vector<ops::DraftStep>& steps, const db::RenderContext& context);

}  // namespace segue::engine
