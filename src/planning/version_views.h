// The views of a published version.
#pragma once

#include <vector>

#include "plan/action.h"
#include "plan/version_shape.h"
#include "planning/claims.h"
#include "schema/schema.h"

namespace segue::ops {

// Makes a view for each table, in the shape `after`. `before` is the base
// schema as it is: a default that the base table does not have (yet) is set on
// the view. `motions` are those of the migration that publishes the views, and
// `claims` say on which tables it works.
std::vector<plan::VersionView> VersionViews(
    const schema::Schema& before, const schema::Schema& after,
    const std::vector<const plan::ColumnMotion*>& motions,
    const Claims& claims);

// Returns the view of a table that the migration makes; one that is a part of
// another until the contract is shown as that (schema::Table::part_of).
plan::VersionView ViewOfNew(const schema::Table& table);

// Returns these views and what of the schema `before` they leave out.
plan::VersionShape ShapeOf(const schema::Schema& before,
                           std::vector<plan::VersionView> views);

// Returns the shape with everything that others have added since to the
// database, which is `now`, and without what is gone. A column of segue's own
// stays hidden. Throws Error{kRefused} when an added column has the name under
// which a view shows another.
plan::VersionShape FollowSchema(plan::VersionShape shape,
                                const schema::Schema& now);
// Returns the views of `now` that `before` does not have, or has with other
// columns.
std::vector<plan::VersionView> ChangedViews(const plan::VersionShape& before,
                                            const plan::VersionShape& now);

}  // namespace segue::ops
