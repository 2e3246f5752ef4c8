// How fast rows are moved: what somebody asked for, what the signals allow, the
// hours, and the rows and bytes a second. One a process.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "backfill/pace.h"
#include "backfill/rate_limit.h"
#include "base/clock.h"
#include "base/window.h"
#include "engine/monitor.h"
#include "segue/pace.h"

namespace segue::engine {

class Throttle {
 public:
  // Throws Error{kUsage} for a window that is none, Error{kRefused} for signals
  // that cannot be watched. `database` and `clock` must outlive it.
  Throttle(Database& database, const PaceOptions& options, base::Clock& clock);

  // Before each chunk, on the thread that runs the migration. `asked`: the
  // share that somebody asked for. `fills`: rows are moved for the migration,
  // so that the window counts; a check or a rollback does not wait for the
  // night.
  backfill::Pace Allowed(double asked, bool fills);
  std::vector<std::string> TakeNotices();

  // Thread-safe: after a chunk of a fill, how long to rest for the rate.
  std::chrono::milliseconds RestForRate(std::int64_t rows, double bytes);
  // Thread-safe: the most rows of a chunk; 0: no limit.
  std::int64_t MostRows(double row_bytes) const {
    return rate_.MostRows(row_bytes);
  }

 private:
  void StartMonitor();

  Monitor monitor_;
  const bool asked_;  // for limits of their own
  const base::Window window_;
  backfill::RateLimit rate_;
  base::Clock& clock_;
  std::optional<std::chrono::steady_clock::time_point> began_;
};

// How many rows a chunk of `rows` has at `share` of the full pace: fewer, so
// that each is over sooner.
std::int64_t ChunkRows(std::int64_t rows, double share);
// How long to rest after a chunk that took `took`, so that rows are moved at
// `share` of the full pace, at which it would be `rest` of that time.
std::chrono::milliseconds RestForPace(std::chrono::microseconds took,
                                      double rest, double share);
// "40 %: replication_lag of standby1 is 3.2 s, limit 1.0 s"
std::string PaceLine(const backfill::Pace& pace);

}  // namespace segue::engine
