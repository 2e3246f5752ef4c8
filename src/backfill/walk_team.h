// Those who walk a table together: this thread, which reports, and the workers
// beside it.
#pragma once

#include <chrono>
#include <functional>
#include <string>

#include "backfill/crew.h"
#include "backfill/reclaim.h"
#include "backfill/row_walk.h"
#include "backfill/worker.h"
#include "backfill/worker_session.h"
#include "plan/planned.h"

namespace segue::engine {

// What is walked.
struct TeamWork {
  const MotionSql& motion;
  Activity activity;
  const WalkSql& walk;
  Ranges& ranges;
  StandbyReading* reading;  // null: the rows are read in the database
};

class WalkTeam : private Overseer {
 public:
  // All references must outlive the team.
  WalkTeam(const RunContext& context, Pacing& pacing, const TeamWork& work,
           WalkProgress& progress);

  // Until no range is left. Throws what stopped this thread, or what a worker
  // met that no other could pass.
  void Run(const std::function<void(const db::Result&)>& on_rows);

  // The beginning of the names under which runners claim ranges.
  static std::string Prefix();

 private:
  double BeforeChunk() override;
  void BeforeClaim() override { LookAfterCrew(); }
  void Waiting() override { LookAtTotals(); }
  void Moved(std::int64_t asked, std::int64_t moved) override;

  WalkPurpose Purpose() const;
  double RateBytes() const;
  // How many workers there are room for beside this thread.
  std::int64_t Helpers();
  void Help(const std::string& name, Crew& crew, const engine::WalkOptions& how,
            const std::function<void(const db::Result&)>& on_rows);
  void LookAfterCrew();
  void LookAtTotals();
  void ReclaimIfDue();
  void TellReclaimFailure();
  void Tell(std::int64_t chunk_rows);

  const RunContext& context_;
  Pacing& pacing_;
  const TeamWork work_;
  WalkProgress& progress_;
  std::chrono::steady_clock::time_point chunk_began_;
  Reclaim reclaim_;
  Crew* crew_ = nullptr;  // while Run has one
};

// The event of a walk's progress; `chunk_rows`: of the chunk that is just over,
// 0 at the walk's end.
Progress WalkReport(const RunContext& context, Activity activity,
                    const WalkProgress& progress, std::int64_t chunk_rows);

}  // namespace segue::engine
