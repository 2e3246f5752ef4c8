// The seam between the phases of a migration and its steps: a runner executes
// steps, or only logs them in a dry run.
#pragma once

#include <cstddef>
#include <functional>

#include "segue/plan.h"

namespace segue::engine {

class Runner {
 public:
  virtual ~Runner() = default;
  // Runs what is left of the step, and does nothing when the step is done.
  // `finishing`, which may be empty, joins the transaction that records the
  // step as done.
  virtual void Run(std::size_t step,
                   const std::function<void()>& finishing) = 0;
  void Run(std::size_t step) { Run(step, {}); }
  // Undoes what was executed of the step, and does nothing when nothing was.
  virtual void Undo(std::size_t step) = 0;
};

// Undoes the steps of `first` and of all later phases, in reverse.
void UndoFrom(Phase first, const Plan& plan, Runner& runner);

}  // namespace segue::engine
