// How fast the runner lets rows be moved: what somebody asked for through the
// ledger, and what the throttle allows.
#pragma once

#include <functional>

#include "backfill/run_context.h"
#include "ledger/control.h"
#include "throttle/throttle.h"

namespace segue::engine {

// Used on the thread that runs the migration.
class Pacing {
 public:
  // `context` must outlive it.
  explicit Pacing(const RunContext& context);

  // Waits while rows may not be moved, and calls `idle` before it does; answers
  // at which share of the full pace they may be. Tells everybody when that
  // changes, the workers of other processes through the ledger. Throws
  // Error{kCancelled} when a stop was requested.
  double BeforeChunk(WalkPurpose purpose, const std::function<void()>& idle);

  // The share that everybody was told.
  double share() const { return pace_.share; }
  Throttle& throttle() { return throttle_; }

 private:
  Control LookAtControl(bool waiting);
  void WaitWhilePaused(const Control& control);
  double Follow(const Control& control, WalkPurpose purpose);
  void Tell(const engine::Pace& pace);

  const RunContext& context_;
  Throttle throttle_;
  engine::Pace pace_;
  RecentControl control_;
};

}  // namespace segue::engine
