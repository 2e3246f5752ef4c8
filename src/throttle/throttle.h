// How fast rows are moved: what somebody asked for, what the signals allow, the
// hours, and the rows and bytes a second. One a process.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/window.h"
#include "plan/planned.h"
#include "segue/pace.h"
#include "throttle/monitor.h"
#include "throttle/pace.h"
#include "throttle/rate_limit.h"

namespace segue::engine {

// How fast a walk goes.
struct Tempo {
  double share = 1;      // of the full pace
  double row_bytes = 0;  // 0: the rate does not count for this walk
};

// What a walk is for. The window and the rate are for fills only: a check or a
// rollback does not wait for the night. A rollback is slowed and never stopped,
// nor refused for a signal that cannot be read.
enum class WalkPurpose { kFill, kCheck, kUndo };

class Throttle {
 public:
  // Throws Error{kUsage} for a window that is none, Error{kRefused} for signals
  // that cannot be watched. `database` and `clock` must outlive it.
  Throttle(Database& database, const PaceOptions& options, base::Clock& clock);

  // Throws what a run with these options would, and Error{kRefused} when a
  // signal that is asked for cannot be read now; before anything is done.
  static void Check(Database& database, const PaceOptions& options);

  // Before each chunk, on the thread that runs the migration. `asked`: the
  // share that somebody asked for. Throws Error{kRefused}, the first time, when
  // a signal that was asked for cannot be read.
  engine::Pace Allowed(double asked, WalkPurpose purpose);
  std::vector<std::string> TakeNotices();

  // How many rows the next chunk has, which has `rows` at full pace: fewer at
  // a low one, so that each is over sooner. Thread-safe.
  std::int64_t ChunkRows(std::int64_t rows, const Tempo& tempo) const;
  // How long to rest after a chunk that took `took` and moved `rows`, so that
  // they are moved at this tempo; at full pace it would be `rest` of that time.
  // Thread-safe.
  std::chrono::microseconds RestAfter(const engine::Took& took, double rest,
                                      std::int64_t rows, const Tempo& tempo);

 private:
  void StartMonitor(WalkPurpose purpose);

  Monitor monitor_;
  const bool asked_;  // for limits of their own
  const base::Window window_;
  engine::RateLimit rate_;
  base::Clock& clock_;
  std::optional<std::chrono::steady_clock::time_point> began_;
};

// About how many bytes a row of the walk's table has.
double RowBytes(const Plan& plan, const WalkSql& walk);
// Sleeps, but for the rest of it once `stop` says so.
void RestUnless(const std::function<bool()>& stop,
                std::chrono::microseconds duration);
// "40 %: replication_lag of standby1 is 3.2 s, limit 1.0 s"
std::string PaceLine(const engine::Pace& pace);

}  // namespace segue::engine
