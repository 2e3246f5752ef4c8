// What has to be done on a subscriber of logical replication while the
// publisher migrates. A subscriber finds tables and columns by their names, so
// it needs each name before the first change that has it, and where a name
// comes to mean another column it must not take a change of one shape for a
// change of the other.
#pragma once

#include <vector>

#include "db/language.h"
#include "db/publication.h"
#include "segue/subscriber.h"

namespace segue::postgres {

// See db::Language.
std::vector<SubscriberPart> ForSubscribers(const db::PlannedChanges& changes,
                                           const db::Published& published,
                                           const db::RenderContext& context);

}  // namespace segue::postgres
