#include "report/event.h"

#include <fmt/format.h>

#include "base/text.h"
#include "report/progress_text.h"

namespace segue::report {

namespace {

base::LogFields Fields(std::string_view event, const Progress& progress) {
  base::LogFields fields = {{"event", std::string(event)},
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

base::LogFields FailureFields(const Progress& progress) {
  base::LogFields fields = {{"event", "failed"},
                            {"migration", progress.migration},
                            {"phase", std::string(ToString(progress.phase))},
                            {"kind", progress.cause}};
  if (!progress.hint.empty()) fields.push_back({"hint", progress.hint});
  if (!progress.notes.empty()) {
    fields.push_back({"notes", base::Join(progress.notes, "; ")});
  }
  return fields;
}

}  // namespace

base::LogFields EventFields(const Progress& progress) {
  if (progress.event == Progress::Event::kFailed) {
    return FailureFields(progress);
  }
  base::LogFields fields = Fields(ToString(progress.event), progress);
  if (progress.sub_state != SubState::kNone) {
    fields.push_back({"sub_state", std::string(ToString(progress.sub_state))});
  }
  if (progress.event == Progress::Event::kRows) {
    AddRows(progress, fields);
    AddPace(progress, fields);
  }
  if (!progress.cause.empty()) fields.push_back({"cause", progress.cause});
  return fields;
}

std::string EventMessage(const Progress& progress) {
  if (!progress.message.empty()) return progress.message;
  if (progress.event != Progress::Event::kRows) return progress.step;
  if (progress.activity_pct >= 0) {
    return fmt::format("{:.0f}%", progress.activity_pct);
  }
  return RowsText(progress);
}

base::LogFields PhaseFields(const Progress& progress) {
  return Fields("phase", progress);
}

base::LogFields PaceFields(const Progress& progress) {
  base::LogFields fields = Fields("pace", progress);
  AddPace(progress, fields);
  return fields;
}

std::string PaceMessage(const Progress& progress) {
  return fmt::format("pace {:.0f}%", progress.pace * 100) +
         (progress.pace_reason.empty() ? "" : ": " + progress.pace_reason);
}

Progress Failure(const std::string& migration, Phase phase,
                 const Error& error) {
  Progress progress;
  progress.event = Progress::Event::kFailed;
  progress.migration = migration;
  progress.phase = phase;
  progress.message = error.what();
  progress.cause = ToString(error.kind());
  progress.hint = error.hint();
  progress.notes = error.notes();
  return progress;
}

}  // namespace segue::report
