// An estimate as a person reads it.
#pragma once

#include <string>

#include "segue/plan.h"

namespace segue::plan {

// "filling 'users' in place takes about 3 min, ..."; of what is not chosen:
// "copying 'users' would take ...". Without numbers where it is next to
// nothing.
std::string EstimateText(const MotionEstimate& estimate);

// Less than this is not worth figures, nor another way.
bool NextToNothing(const MotionEstimate& estimate);

}  // namespace segue::plan
