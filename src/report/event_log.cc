#include "report/event_log.h"

#include <algorithm>
#include <utility>

#include "report/event.h"

namespace segue::report {

namespace {

constexpr std::chrono::seconds kRowsInterval{1};

// kPaused and kResumed are not among these, because they happen within a step.
bool EndsOrBegins(Progress::Event event) {
  return IsOfRun(event) && event != Progress::Event::kPaused &&
         event != Progress::Event::kResumed;
}

base::LogLevel LevelOf(Progress::Event event) {
  if (event == Progress::Event::kFailed) return base::LogLevel::kError;
  return event == Progress::Event::kRetry ? base::LogLevel::kWarning
                                          : base::LogLevel::kInfo;
}

}  // namespace

EventLog::EventLog(Sink sink, base::Clock& clock)
    : sink_(std::move(sink)), clock_(clock) {}

void EventLog::Show(const Progress& progress) {
  ShowChanges(progress);
  KeepEnd(progress);
  const bool rows = progress.event == Progress::Event::kRows;
  if (rows && !RowsDue(progress.activity)) return;
  // The next step shows its first report of rows at once.
  if (!rows) rows_shown_ = false;
  sink_(LevelOf(progress.event), EventMessage(progress), EventFields(progress));
}

void EventLog::ShowChanges(const Progress& progress) {
  if (progress.migration != migration_ || progress.phase != phase_) {
    migration_ = progress.migration;
    phase_ = progress.phase;
    sink_(base::LogLevel::kInfo, "phase " + std::string(ToString(phase_)),
          PhaseFields(progress));
  }
  // The events of a run as a whole say nothing of the pace, except those of a
  // pause.
  if (EndsOrBegins(progress.event)) return;
  if (progress.pace != pace_ || progress.pace_reason != pace_reason_) {
    pace_ = progress.pace;
    pace_reason_ = progress.pace_reason;
    sink_(base::LogLevel::kInfo, PaceMessage(progress), PaceFields(progress));
  }
}

bool EventLog::RowsDue(const std::string& activity) {
  const auto now = clock_.Now();
  const bool same = rows_shown_ && activity == activity_;
  if (same && now - last_rows_ < kRowsInterval) return false;
  activity_ = activity;
  rows_shown_ = true;
  last_rows_ = now;
  return true;
}

// One command may make both versions live and then contract, so the last event
// of each migration counts.
void EventLog::KeepEnd(const Progress& progress) {
  if (progress.event != Progress::Event::kReady &&
      progress.event != Progress::Event::kComplete &&
      progress.event != Progress::Event::kRolledBack) {
    return;
  }
  const auto known =
      std::find_if(ends_.begin(), ends_.end(), [&](const End& end) {
        return end.progress.migration == progress.migration;
      });
  End end{progress, base::LogContext::Current()};
  if (known == ends_.end()) {
    ends_.push_back(std::move(end));
  } else {
    *known = std::move(end);
  }
}

void EventLog::Ended() {
  for (const auto& [end, about] : ends_) {
    const base::LogContext context(about);
    const std::string sub_state(ToString(end.sub_state));
    std::string state(ToString(end.phase));
    if (end.sub_state != SubState::kNone) state += " (" + sub_state + ")";
    sink_(base::LogLevel::kInfo, state,
          {{"event", "ended"},
           {"migration", end.migration},
           {"phase", std::string(ToString(end.phase))},
           {"sub_state", sub_state},
           {"progress_pct", end.progress_pct}});
  }
  ends_.clear();
}

void EventLog::Failed(const Error& error) {
  const Progress failure = Failure(migration_, phase_, error);
  sink_(LevelOf(failure.event), EventMessage(failure), EventFields(failure));
}

}  // namespace segue::report
