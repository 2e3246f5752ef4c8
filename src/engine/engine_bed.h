// The parts that run the steps of a migration, on a scripted database.
#pragma once

#include <memory>
#include <optional>
#include <utility>

#include "backfill/run_bed.h"
#include "engine/context.h"
#include "engine/run_parts.h"
#include "engine/transitions.h"

namespace segue::engine {

class EngineBed {
 public:
  explicit EngineBed(
      Plan plan, db::Capabilities can = test::ScriptedDatabase::Embedded(),
      std::chrono::milliseconds patience = std::chrono::milliseconds(10'000))
      : run(std::move(can), patience) {
    run.Begin(std::move(plan));
    context.emplace(run.scripted.database(), run.options);
    transitions.emplace(*context, *run.lease, run.row);
  }

  // Returns the parts of one process; after NewProcess they are made anew.
  RunParts& parts() {
    if (parts_ == nullptr) {
      parts_ = std::make_unique<RunParts>(*context, *run.lease, run.options,
                                          run.row);
    }
    return *parts_;
  }
  void NewProcess() {
    parts_.reset();
    run.row = run.Stored();
  }
  // Brings the migration into the state in which both versions are live.
  void MakeReady() {
    db::Connection& others = run.scripted.others();
    for (std::size_t step = 0; step < run.row.plan.steps.size(); ++step) {
      const segue::Step& planned = run.row.plan.steps[step];
      if (planned.phase == Phase::kContracting) continue;
      const int count = static_cast<int>(planned.actions.size());
      for (int action = kWholeStep; action < count; ++action) {
        run.ledger.SetState(others, run.row.id, static_cast<int>(step), action,
                            ActionState::kDone);
      }
    }
    run.ledger.SetPhase(others, run.row.id, Phase::kMigrating,
                        SubState::kReady);
    run.row = run.Stored();
  }

  RunBed run;
  std::optional<Context> context;
  std::optional<Transitions> transitions;

 private:
  std::unique_ptr<RunParts> parts_;
};

}  // namespace segue::engine
