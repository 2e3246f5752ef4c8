// The views of a version as data that the ledger can keep.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "plan/view.h"

namespace segue::plan {

struct VersionShape {
  std::vector<VersionView> views;  // each of one table
  // The tables of the plan's time that the version does not show.
  std::vector<std::string> hidden_tables;
};

// Writes a shape as JSON, for PlannedAction::shape, and reads it again. Of a
// column it keeps what a view needs. Reading throws Error{kCorrupt} for a text
// that is none.
std::string ShapeText(const VersionShape& shape);
VersionShape ShapeFromText(std::string_view text);

}  // namespace segue::plan
