#include "report/event_log.h"

#include <fmt/format.h>

#include "base/text.h"
#include "report/progress_text.h"

namespace segue::report {

namespace {

constexpr std::chrono::seconds kRowsInterval{1};

const char* Name(Progress::Event event) {
  switch (event) {
    case Progress::Event::kStepStarted:
      return "step_started";
    case Progress::Event::kStepDone:
      return "step_done";
    case Progress::Event::kStepRolledBack:
      return "step_rolled_back";
    case Progress::Event::kRows:
      return "rows";
    case Progress::Event::kPaused:
      return "paused";
    case Progress::Event::kResumed:
      return "resumed";
    case Progress::Event::kRetry:
      return "retry";
    case Progress::Event::kNote:
      return "note";
  }
  return "note";
}

base::LogFields Fields(const char* event, const Progress& progress) {
  base::LogFields fields = {{"event", event},
                            {"migration", progress.migration},
                            {"phase", std::string(ToString(progress.phase))},
                            {"step", progress.step}};
  if (!progress.activity.empty()) {
    fields.push_back({"activity", progress.activity});
  }
  fields.push_back({"progress_pct", progress.progress_pct});
  return fields;
}

void AddRows(const Progress& progress, base::LogFields& fields) {
  fields.push_back({"rows_done", progress.rows_done});
  fields.push_back({"rows_total", progress.rows_total});
  fields.push_back({"rows_per_second", progress.rows_per_second});
  if (progress.eta_seconds >= 0) {
    fields.push_back({"eta_seconds", progress.eta_seconds});
  }
  fields.push_back({"chunk_rows", progress.chunk_rows});
  if (progress.chunk_seconds > 0) {
    fields.push_back({"chunk_seconds", progress.chunk_seconds});
  }
  fields.push_back({"workers", std::int64_t{progress.workers}});
}

void AddPace(const Progress& progress, base::LogFields& fields) {
  fields.push_back({"pace", progress.pace});
  fields.push_back({"pace_reason", progress.pace_reason});
}

std::string Message(const Progress& progress) {
  if (!progress.message.empty()) return progress.message;
  if (progress.event != Progress::Event::kRows) return progress.step;
  if (progress.activity_pct >= 0) {
    return fmt::format("{:.0f}%", progress.activity_pct);
  }
  return RowsText(progress);
}

std::string PaceText(const Progress& progress) {
  return fmt::format("pace {:.0f}%", progress.pace * 100) +
         (progress.pace_reason.empty() ? "" : ": " + progress.pace_reason);
}

}  // namespace

EventLog::EventLog(Sink sink, base::Clock& clock)
    : sink_(std::move(sink)), clock_(clock) {}

void EventLog::Show(const Progress& progress) {
  ShowChanges(progress);
  const bool rows = progress.event == Progress::Event::kRows;
  if (rows && !RowsDue(progress.activity)) return;
  // The next step says at once where it is.
  if (!rows) rows_shown_ = false;
  base::LogFields fields = Fields(Name(progress.event), progress);
  if (rows) {
    AddRows(progress, fields);
    AddPace(progress, fields);
  }
  if (!progress.cause.empty()) fields.push_back({"cause", progress.cause});
  const bool retry = progress.event == Progress::Event::kRetry;
  sink_(retry ? base::LogLevel::kWarning : base::LogLevel::kInfo,
        Message(progress), fields);
}

void EventLog::ShowChanges(const Progress& progress) {
  if (progress.migration != migration_ || progress.phase != phase_) {
    migration_ = progress.migration;
    phase_ = progress.phase;
    sink_(base::LogLevel::kInfo, "phase " + std::string(ToString(phase_)),
          Fields("phase", progress));
  }
  if (progress.pace != pace_ || progress.pace_reason != pace_reason_) {
    pace_ = progress.pace;
    pace_reason_ = progress.pace_reason;
    base::LogFields fields = Fields("pace", progress);
    AddPace(progress, fields);
    sink_(base::LogLevel::kInfo, PaceText(progress), fields);
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

void EventLog::Ended(const MigrationStatus& status) {
  std::string state(ToString(status.phase));
  if (status.sub_state != SubState::kNone) {
    state += " (" + std::string(ToString(status.sub_state)) + ")";
  }
  sink_(base::LogLevel::kInfo, state,
        {{"event", "ended"},
         {"migration", status.id},
         {"phase", std::string(ToString(status.phase))},
         {"sub_state", std::string(ToString(status.sub_state))},
         {"progress_pct", status.progress_pct}});
}

void EventLog::Failed(const Error& error) {
  base::LogFields fields = {{"event", "failed"},
                            {"migration", migration_},
                            {"phase", std::string(ToString(phase_))},
                            {"kind", std::string(ToString(error.kind()))}};
  if (!error.hint().empty()) fields.push_back({"hint", error.hint()});
  if (!error.notes().empty()) {
    fields.push_back({"notes", base::Join(error.notes(), "; ")});
  }
  sink_(base::LogLevel::kError, error.what(), fields);
}

}  // namespace segue::report
