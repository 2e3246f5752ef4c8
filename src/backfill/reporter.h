// The progress reports of a run.
#pragma once

#include <string>

#include "ledger/ledger.h"
#include "segue/migrator.h"
#include "throttle/pace.h"

namespace segue::engine {

// Fills each report with the step of the plan that is being worked on. All
// methods are called on the thread that runs the migration, on which listeners
// are called too.
class Reporter {
 public:
  // Both references must outlive the reporter. At first no step is done.
  Reporter(const MigratorOptions& options, const MigrationRow& migration)
      : options_(options), migration_(migration) {}

  // Sets how many steps, counted from the first, are done.
  void SetStepsDone(std::size_t count) { steps_done_ = count; }
  void WorkOn(std::size_t step) { step_ = step; }
  void FinishStep(std::size_t step);
  // Sets the long work within a step, in one word; empty: none.
  void SetActivity(std::string activity) { activity_ = std::move(activity); }
  // Sets the pace that was told last.
  void SetPace(const Pace& pace) { pace_ = pace; }

  // Returns a report of this event, with what is known of the migration, the
  // step and the pace.
  Progress Report(Progress::Event event) const;
  // Adds this share of the current step, from 0 to 1, unless the step is done.
  void AddShareOfStep(double share, Progress& progress) const;
  void Send(const Progress& progress) const;
  void Tell(Progress::Event event, const std::string& message) const;

 private:
  const MigratorOptions& options_;
  const MigrationRow& migration_;
  std::size_t step_ = 0;
  std::size_t steps_done_ = 0;
  std::string activity_;
  Pace pace_;
};

}  // namespace segue::engine
