// Writes a run to the structured log while it happens.
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

// Writes a line for each step that begins or ends, each retry, each change of
// pace or phase, each pause and each note. It writes at most one line a second
// for rows, so that the log of a backfill of a day is still readable. Not
// thread-safe.
class EventLog {
 public:
  using Sink = std::function<void(base::LogLevel, std::string_view message,
                                  const base::LogFields&)>;
  // `clock` must outlive the log.
  explicit EventLog(Sink sink = base::LogEvent,
                    base::Clock& clock = base::SystemClock());

  void Show(const Progress& progress);
  // Called when the command has succeeded: writes an "ended" line for each
  // migration with the last event of its run, and nothing when no run was
  // shown.
  void Ended();
  // Called when the command ends with an error that belongs to no run. The
  // error of a run has been shown already.
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
  std::string activity_;  // of the rows that were shown last
  bool rows_shown_ = false;
  std::chrono::steady_clock::time_point last_rows_;
  // The last event of a migration's run, and the fields of its log lines.
  struct End {
    Progress progress;
    base::LogFields about;
  };
  std::vector<End> ends_;  // in the order of the migrations
};

}  // namespace segue::report
