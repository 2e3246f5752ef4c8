// The triggers of a motion that only concerns the NULLs of one column
// (plan::ColumnMotion::only_null).
#pragma once

#include <string>
#include <vector>

#include "dialects/postgres/motion_terms.h"

namespace segue::postgres {

// Returns the body of their function, without BEGIN and RETURN.
std::string NullTriggerBody(const MotionTerms& terms);

// A trigger as CREATE TRIGGER has it.
struct TriggerTerms {
  std::string name;
  std::string event;
  std::string when;
};
std::vector<TriggerTerms> NullTriggers(const MotionTerms& terms);

}  // namespace segue::postgres
