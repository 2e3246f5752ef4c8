// The views of a published version.
#pragma once

#include <vector>

#include "plan/action.h"
#include "schema/schema.h"

namespace segue::ops {

// A view for each table, in the shape `after`. `before` is the base as it is:
// a default that the base does not have (yet) is set on the view. `motions`:
// those of the migration that publishes them.
std::vector<plan::VersionView> VersionViews(
    const schema::Schema& before, const schema::Schema& after,
    const std::vector<const plan::ColumnMotion*>& motions);

}  // namespace segue::ops
