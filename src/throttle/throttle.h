// Decides how fast rows are moved: by a pace that somebody requested, by the
// signals, by the window, and by the rates in rows and bytes per second. All
// workers of a process share one throttle.
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

// The speed at which a walk moves rows.
struct Tempo {
  double share = 1;      // of the full pace
  double row_bytes = 0;  // 0: the rates do not apply to this walk
};

// What a walk is for. The window and the rates apply to fills only, because a
// check or a rollback does not wait for the night. A rollback is slowed down,
// but it is never stopped, nor refused because of a signal that cannot be read.
enum class WalkPurpose { kFill, kCheck, kUndo };

class Throttle {
 public:
  // Throws Error{kUsage} for a window that cannot be parsed, and
  // Error{kRefused} for signals that cannot be watched. `database` and `clock`
  // must outlive the throttle.
  Throttle(Database& database, const PaceOptions& options, base::Clock& clock);

  // Throws, before anything is done, what a run with these options would throw,
  // and Error{kRefused} when a signal that is asked for cannot be read now.
  static void Check(Database& database, const PaceOptions& options);

  // Returns the pace for the next chunk; called before each chunk on the thread
  // that runs the migration. `asked` is the share that somebody requested. The
  // first call throws Error{kRefused} when a signal that was asked for cannot
  // be read.
  Pace Allowed(double asked, WalkPurpose purpose);
  std::vector<std::string> TakeNotices();

  // Returns the number of rows of the next chunk, for a chunk of `rows` rows at
  // full pace. A low pace makes chunks smaller, so that each ends sooner.
  // Thread-safe.
  std::int64_t ChunkRows(std::int64_t rows, const Tempo& tempo) const;
  // Returns the rest after a chunk that took `took` and moved `rows` rows, so
  // that rows are moved at this tempo. At the full pace the rest is the
  // fraction `rest` of the chunk's time. Thread-safe.
  std::chrono::microseconds RestAfter(const Took& took, double rest,
                                      std::int64_t rows, const Tempo& tempo);

 private:
  void StartMonitor(WalkPurpose purpose);

  Monitor monitor_;
  const bool asked_;  // the user gave limits
  const base::Window window_;
  RateLimit rate_;
  base::Clock& clock_;
  std::optional<std::chrono::steady_clock::time_point> began_;
};

// Estimates the bytes of a row of the walk's table.
double RowBytes(const Plan& plan, const WalkSql& walk);
// Sleeps for the duration, or until `stop` returns true.
void RestUnless(const std::function<bool()>& stop,
                std::chrono::microseconds duration);
// Returns a text such as "40 %: replication_lag of standby1 is 3.2 s, limit 1.0
// s".
std::string PaceLine(const Pace& pace);

}  // namespace segue::engine
