// The views of a published version.
#pragma once

#include <vector>

#include "plan/action.h"
#include "schema/schema.h"

namespace segue::ops {

// Makes a view for each table, in the shape `after`. `before` is the base
// schema as it is: a default that the base table does not have (yet) is set on
// the view. `motions` are those of the migration that publishes the views.
std::vector<plan::VersionView> VersionViews(
    const schema::Schema& before, const schema::Schema& after,
    const std::vector<const plan::ColumnMotion*>& motions);

}  // namespace segue::ops
