// What a run tells those who watch it.
#pragma once

#include <string>

#include "ledger/ledger.h"
#include "segue/migrator.h"
#include "throttle/pace.h"

namespace segue::engine {

// Knows which step of the plan is being worked on, and fills that in. Used on
// the thread that runs the migration, which is also the one that listeners are
// called on.
class Reporter {
 public:
  // Both references must outlive the reporter. No step is done yet.
  Reporter(const MigratorOptions& options, const MigrationRow& migration)
      : options_(options), migration_(migration) {}

  // So many steps, from the first on, are done.
  void SetStepsDone(std::size_t count) { steps_done_ = count; }
  void WorkOn(std::size_t step) { step_ = step; }
  void FinishStep(std::size_t step);
  // The work within a step that takes long, in one word; empty: none.
  void SetActivity(std::string activity) { activity_ = std::move(activity); }
  // How fast rows may be moved, as everybody was told.
  void SetPace(const engine::Pace& pace) { pace_ = pace; }

  // An event with what is known of the migration, the step and the pace.
  Progress Report(Progress::Event event) const;
  // Adds this share of the step worked on, from 0 to 1, unless it is done.
  void AddShareOfStep(double share, Progress& progress) const;
  void Send(const Progress& progress) const;
  void Tell(Progress::Event event, const std::string& message) const;

 private:
  const MigratorOptions& options_;
  const MigrationRow& migration_;
  std::size_t step_ = 0;
  std::size_t steps_done_ = 0;
  std::string activity_;
  engine::Pace pace_;
};

}  // namespace segue::engine
