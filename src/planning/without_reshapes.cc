#include <cstddef>
#include <variant>

#include "planning/version_follow.h"

namespace segue::ops {

DraftStep WithoutReshapes(DraftStep step) {
  for (std::size_t at = step.actions.size(); at-- > 0;) {
    if (!std::holds_alternative<plan::ReshapeView>(step.actions[at])) continue;
    step.actions.erase(step.actions.begin() + static_cast<std::ptrdiff_t>(at));
    for (AtomicRun& run : step.atomic) {
      if (run.begin > at) --run.begin;
      if (run.end > at) --run.end;
    }
  }
  std::erase_if(step.atomic,
                [](const AtomicRun& run) { return run.begin == run.end; });
  return step;
}

}  // namespace segue::ops
