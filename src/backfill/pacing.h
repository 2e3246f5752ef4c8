// Decides how fast the runner may move rows, from the requests in the ledger
// and from the throttle.
#pragma once

#include <functional>

#include "backfill/run_context.h"
#include "ledger/control.h"
#include "throttle/throttle.h"

namespace segue::engine {

// All methods are called on the thread that runs the migration.
class Pacing {
 public:
  // `context` must outlive the pacing. `meanwhile` may be empty. It is called
  // before each chunk and again and again during a wait, outside of a
  // transaction, but not while something is undone.
  explicit Pacing(const RunContext& context,
                  std::function<void()> meanwhile = {});

  // Waits while rows may not be moved, and calls `idle` before it waits.
  // Returns the share of the full pace at which rows may be moved. Tells the
  // listeners when the share changes, and workers of other processes through
  // the ledger. Throws Error{kCancelled} when a stop was requested.
  double BeforeChunk(WalkPurpose purpose, const std::function<void()>& idle);

  // The share that was told last.
  double share() const { return pace_.share; }
  Throttle& throttle() { return throttle_; }

 private:
  Control LookAtControl(bool waiting);
  void WaitWhilePaused(const Control& control, WalkPurpose purpose);
  void LookAround(WalkPurpose purpose) const;
  double Follow(const Control& control, WalkPurpose purpose);
  void Tell(const Pace& pace);

  const RunContext& context_;
  const std::function<void()> meanwhile_;
  Throttle throttle_;
  Pace pace_;
  RecentControl control_;
};

}  // namespace segue::engine
