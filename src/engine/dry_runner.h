// The runner of a dry run.
#pragma once

#include <vector>

#include "engine/runner.h"
#include "segue/plan.h"
#include "segue/progress.h"

namespace segue::engine {

// Appends to a log what would be done, and executes nothing.
class DryRunner : public Runner {
 public:
  // Both references must outlive the runner.
  DryRunner(const Plan& plan, std::vector<HistoryEntry>& log)
      : plan_(plan), log_(log) {}
  using Runner::Run;
  void Run(std::size_t step, const std::function<void()>& finishing) override;
  void Undo(std::size_t step) override;

 private:
  const Plan& plan_;
  std::vector<HistoryEntry>& log_;
};

}  // namespace segue::engine
