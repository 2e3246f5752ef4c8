// What others have made on a column while both versions were live goes over to
// the column that takes its place.
#pragma once

#include <string>
#include <vector>

#include "plan/heir.h"
#include "planning/operation.h"

namespace segue::ops {

struct SupplementRequest {
  plan::Heir heir;
  // The names of the indexes and constraints that others have made.
  std::vector<std::string> objects;
  bool default_changed = false;
  bool comment_changed = false;
};

// Appends a MIGRATING step that copies the objects, and a step of the drop that
// gives the copies their names, and the heir everything else that the column
// has. `context` has the table as it is now. Throws Error{kRefused} with the
// name of whatever cannot go over.
void PlanSupplement(PlanContext& context, const SupplementRequest& request);

}  // namespace segue::ops
