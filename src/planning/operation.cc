#include "planning/operation.h"

#include "base/text.h"

namespace segue::ops {
namespace {

// The id is part of the names of triggers and functions, together with a
// prefix, so it must be shorter than those names may be.
constexpr std::size_t kMotionIdLimit = 40;

}  // namespace

plan::MotionId PlanContext::NextMotionId() const {
  return base::ShortName(
      migration + "_" + std::to_string(motions.all().size() + 1),
      kMotionIdLimit);
}

}  // namespace segue::ops
