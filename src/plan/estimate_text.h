// Estimates as people read them.
#pragma once

#include <string>

#include "segue/plan.h"

namespace segue::plan {

// Returns "filling 'users' in place takes about 3 min, ...", or, for a way that
// is not chosen, "copying 'users' would take ...". The text has no numbers when
// the estimate is next to nothing.
std::string EstimateText(const MotionEstimate& estimate);

// True when the estimate is so small that neither figures nor another way are
// worth showing.
bool NextToNothing(const MotionEstimate& estimate);

}  // namespace segue::plan
