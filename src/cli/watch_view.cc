#include "cli/watch_view.h"

#include "cli/progress_view.h"
#include "cli/terminal.h"

namespace segue::cli {

namespace {

constexpr std::size_t kBarColumns = 22;

std::string PhaseText(const MigrationStatus& status) {
  std::string text(ToString(status.phase));
  if (status.sub_state != SubState::kNone) {
    text += " (" + std::string(ToString(status.sub_state)) + ")";
  }
  return text;
}

// Both versions are live, or it is over: nobody has to be at work.
bool Rests(const MigrationStatus& status) {
  return !status.is_active() || status.sub_state == SubState::kReady ||
         status.sub_state == SubState::kSealed;
}

std::string RowsLine(const MigrationStatus& status) {
  Progress progress;
  progress.rows_done = status.rows_done;
  progress.rows_total = status.rows_total;
  // A rate without a runner is that of the one before.
  if (!status.runner.empty() && !status.paused) {
    progress.rows_per_second = status.rows_per_second;
    progress.eta_seconds = status.eta_seconds;
    progress.pace = status.pace;
    progress.pace_reason = status.pace_reason;
  }
  return RowsText(progress);
}

std::string RunnerText(const MigrationStatus& status) {
  if (!status.runner.empty()) return status.runner;
  return Rests(status) ? "" : "none; segue resume goes on";
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
      status.id + "  " + PhaseText(status) +
          (status.paused ? "  PAUSED; segue resume goes on" : ""),
      ProgressBar(status.progress_pct, kBarColumns) + " " + Percent(status) +
          " " + RowsLine(status)};
  for (const StepStatus& step : status.steps) {
    lines.push_back(Mark(step) + ("[" + std::string(ToString(step.phase))) +
                    "] " + step.description);
  }
  const std::string runner = RunnerText(status);
  if (!runner.empty()) lines.push_back("runner " + runner);
  if (status.runner.empty() && !status.error.empty()) {
    lines.push_back("error  " + status.error);
  }
  // The last column stays free: some terminals wrap when it is written.
  const std::size_t width = columns > 1 ? columns - 1 : 1;
  for (std::string& line : lines) line = FitWidth(line, width);
  return lines;
}

std::string WatchLine(const MigrationStatus& status) {
  std::string line =
      status.id + ": " + PhaseText(status) + " " + Percent(status);
  const std::string rows = RowsLine(status);
  if (!rows.empty()) line += ", " + rows;
  if (status.paused) line += ", paused";
  const std::string runner = RunnerText(status);
  if (!runner.empty()) line += ", runner " + runner;
  if (status.runner.empty() && !status.error.empty()) {
    line += ", error: " + status.error;
  }
  return line;
}

std::string WatchMark(const MigrationStatus& status) {
  std::string mark = status.id + "\n" + PhaseText(status) + "\n" +
                     RunnerText(status) + "\n" + status.error +
                     (status.paused ? "\npaused" : "\n") + status.pace_reason;
  for (const StepStatus& step : status.steps) mark += Mark(step);
  return mark;
}

}  // namespace segue::cli
