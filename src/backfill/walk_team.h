// The threads that walk a table together: the calling thread, which also
// reports, and the workers beside it.
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

// The work of the team.
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

  // Works until no range is left. Throws what stopped the calling thread, or an
  // error of a worker that no other worker can get past.
  void Run(const std::function<void(const db::Result&)>& on_rows);

  // Returns the beginning of the names under which runners claim ranges.
  static std::string Prefix();

 private:
  double BeforeChunk() override;
  void BeforeClaim() override { LookAfterCrew(); }
  void Waiting() override { LookAtTotals(); }
  void Moved(std::int64_t asked, std::int64_t moved) override;

  WalkPurpose Purpose() const;
  double RateBytes() const;
  // Returns how many workers have something to do beside this thread.
  std::int64_t Helpers();
  void Help(const std::string& name, Crew& crew, const WalkOptions& how,
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
  Crew* crew_ = nullptr;  // set during Run
};

// Makes the progress report of a walk. `chunk_rows` is the number of rows of
// the chunk that has just ended; 0 at the end of the walk.
Progress WalkReport(const RunContext& context, Activity activity,
                    const WalkProgress& progress, std::int64_t chunk_rows);

}  // namespace segue::engine
