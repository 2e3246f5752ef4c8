#include "cli/watch_view.h"

#include "base/visible.h"
#include "report/layout.h"
#include "report/progress_text.h"
#include "report/status_text.h"

namespace segue::cli {

namespace {

constexpr std::size_t kBarColumns = 22;

std::string RowsLine(const MigrationStatus& status) {
  Progress progress;
  progress.rows_done = status.rows_done;
  progress.rows_total = status.rows_total;
  // Without a runner, the rate is that of an earlier one.
  if (!status.runner.empty() && !status.paused) {
    progress.rows_per_second = status.rows_per_second;
    progress.eta_seconds = status.eta_seconds;
    progress.pace = status.pace;
    progress.pace_reason = status.pace_reason;
  }
  return report::RowsText(progress);
}

std::string Percent(const MigrationStatus& status) {
  return std::to_string(static_cast<int>(status.progress_pct)) + "%";
}

const char* Mark(const StepStatus& step) {
  if (step.rolled_back) return "  undone ";
  return step.executed ? "  done   " : "         ";
}

}  // namespace

std::vector<std::string> WatchPicture(const MigrationStatus& status,
                                      std::size_t columns) {
  std::vector<std::string> lines = {
      status.id + "  " + report::PhaseText(status) +
          (status.paused ? "  PAUSED; segue resume goes on" : ""),
      report::ProgressBar(status.progress_pct, kBarColumns) + " " +
          Percent(status) + " " + RowsLine(status)};
  for (const StepStatus& step : status.steps) {
    lines.push_back(Mark(step) + ("[" + std::string(ToString(step.phase))) +
                    "] " + step.description);
  }
  const std::string runner = report::RunnerText(status);
  if (!runner.empty()) lines.push_back("runner " + runner);
  if (status.runner.empty() && !status.error.empty()) {
    lines.push_back("error  " + status.error);
  }
  // The last column stays free, because some terminals wrap when it is written.
  const std::size_t width = columns > 1 ? columns - 1 : 1;
  for (std::string& line : lines) {
    line = report::FitWidth(base::VisibleInLine(line), width);
  }
  return lines;
}

std::string WatchLine(const MigrationStatus& status) {
  std::string line =
      status.id + ": " + report::PhaseText(status) + " " + Percent(status);
  const std::string rows = RowsLine(status);
  if (!rows.empty()) line += ", " + rows;
  if (status.paused) line += ", paused";
  const std::string runner = report::RunnerText(status);
  if (!runner.empty()) line += ", runner " + runner;
  if (status.runner.empty() && !status.error.empty()) {
    line += ", error: " + status.error;
  }
  return line;
}

std::string WatchMark(const MigrationStatus& status) {
  std::string mark = status.id + "\n" + report::PhaseText(status) + "\n" +
                     report::RunnerText(status) + "\n" + status.error +
                     (status.paused ? "\npaused" : "\n") + status.pace_reason;
  for (const StepStatus& step : status.steps) mark += Mark(step);
  return mark;
}

}  // namespace segue::cli
