// What the steps of a plan are run with: for real, or as a dry run.
#pragma once

#include <cstddef>
#include <functional>

namespace segue::engine {

class Runner {
 public:
  virtual ~Runner() = default;
  // Runs what is left of the step; nothing when it is done. `finishing`, which
  // may be empty, joins the transaction that records the step as done.
  virtual void Run(std::size_t step,
                   const std::function<void()>& finishing) = 0;
  void Run(std::size_t step) { Run(step, {}); }
  // Undoes what was done of it; nothing when nothing was.
  virtual void Undo(std::size_t step) = 0;
};

}  // namespace segue::engine
