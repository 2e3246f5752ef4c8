#include "planning/operation.h"

#include "base/text.h"

namespace segue::ops {
namespace {

// The names of triggers and functions have it, with a prefix of their own.
constexpr std::size_t kMotionIdLimit = 40;

}  // namespace

plan::MotionId PlanContext::NextMotionId() const {
  return base::ShortName(
      migration + "_" + std::to_string(motions.all().size() + 1),
      kMotionIdLimit);
}

}  // namespace segue::ops
