#include "backfill/reporter.h"

#include <algorithm>

namespace segue::engine {

void Reporter::FinishStep(std::size_t step) {
  steps_done_ = std::max(steps_done_, step + 1);
}

Progress Reporter::Report(Progress::Event event) const {
  const std::vector<Step>& steps = migration_.plan.steps;
  Progress progress;
  progress.event = event;
  progress.migration = migration_.id;
  progress.activity = activity_;
  if (step_ < steps.size()) {
    progress.phase = steps[step_].phase;
    progress.step = steps[step_].description;
  }
  progress.pace = pace_.share;
  progress.pace_reason = ToString(pace_.reason);
  if (!steps.empty()) {
    progress.progress_pct = 100.0 * static_cast<double>(steps_done_) /
                            static_cast<double>(steps.size());
  }
  return progress;
}

void Reporter::AddShareOfStep(double share, Progress& progress) const {
  const std::size_t count = migration_.plan.steps.size();
  if (count == 0 || step_ < steps_done_) return;
  progress.progress_pct += 100.0 * share / static_cast<double>(count);
}

void Reporter::Send(const Progress& progress) const {
  options_.listeners.Send(progress);
}

void Reporter::Tell(Progress::Event event, const std::string& message) const {
  Progress progress = Report(event);
  progress.message = message;
  Send(progress);
}

}  // namespace segue::engine
