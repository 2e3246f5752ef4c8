// A run as lines of the structured log: what happens, when it happens.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/log.h"
#include "segue/error.h"
#include "segue/progress.h"

namespace segue::report {

// A line for each step begun and done, retry, change of pace or phase, pause
// and note, and for rows at most one a second, so that a backfill of a day
// leaves a file that can be read. Not thread-safe.
class EventLog {
 public:
  using Sink = std::function<void(base::LogLevel, std::string_view message,
                                  const base::LogFields&)>;
  // `clock` must outlive the log.
  explicit EventLog(Sink sink = base::LogEvent,
                    base::Clock& clock = base::SystemClock());

  void Show(const Progress& progress);
  // The command has done what it should: an "ended" line for each migration,
  // with the last that became of its run. Nothing where no run was shown.
  void Ended();
  // The command ends with an error that is not of a run, which would have been
  // shown.
  void Failed(const Error& error);

 private:
  void KeepEnd(const Progress& progress);

  void ShowChanges(const Progress& progress);
  bool RowsDue(const std::string& activity);

  Sink sink_;
  base::Clock& clock_;
  std::string migration_;
  Phase phase_ = Phase::kPending;
  double pace_ = 1;
  std::string pace_reason_;
  std::string activity_;  // that rows were last shown of
  bool rows_shown_ = false;
  std::chrono::steady_clock::time_point last_rows_;
  // What became of a migration last, and what its lines are about.
  struct End {
    Progress progress;
    base::LogFields about;
  };
  std::vector<End> ends_;  // in the order of the migrations
};

}  // namespace segue::report
