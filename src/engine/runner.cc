#include "engine/runner.h"

namespace segue::engine {

void UndoFrom(Phase first, const Plan& plan, Runner& runner) {
  for (std::size_t step = plan.steps.size(); step-- > 0;) {
    if (plan.steps[step].phase >= first) runner.Undo(step);
  }
}

}  // namespace segue::engine
