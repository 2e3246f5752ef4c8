#include "report/status_text.h"

#include "base/text.h"
#include "base/visible.h"
#include "report/next_text.h"
#include "report/progress_text.h"

namespace segue::report {

namespace {

// True when nobody has to work: both versions are live, or the migration is
// over.
bool Rests(const MigrationStatus& status) {
  return !status.is_active() || status.sub_state == SubState::kReady ||
         status.sub_state == SubState::kSealed;
}

// A rollback has a command of its own, and so has a contract.
const char* GoesOn(const MigrationStatus& status) {
  return status.sub_state == SubState::kRollingBack
             ? "none; segue rollback goes on"
             : "none; segue resume goes on";
}

std::string MissingText(const MigrationStatus& status) {
  if (status.missing.empty()) return "";
  return base::Join(status.missing, "; ") +
         "; segue rollback undoes what is there";
}

std::string HeldText(const MigrationStatus& status) {
  if (status.held.empty()) return "";
  return base::Join(status.held, "; ") +
         "; drop it, and make it again when the migration is over";
}

std::string GrantsText(const MigrationStatus& status) {
  if (status.grants.empty()) return "";
  return base::Join(status.grants, "; ") +
         "; segue versions refresh makes them follow what it can";
}

// Applications still make them, and will fail.
std::string ToFailText(const MigrationStatus& status) {
  std::vector<std::string> texts;
  for (const WritesToFail& one : status.writes_to_fail) {
    std::string text =
        base::CountOf(one.count, "write") + " of '" + one.table +
        "' gave no value to a column that takes no NULL after complete";
    if (!one.last_seen.empty()) text += ", the last seen " + one.last_seen;
    if (one.since > 0 && !one.last_seen.empty()) {
      text += ", " + base::WithThousands(one.since) + " more since";
    }
    texts.push_back(std::move(text));
  }
  return base::Join(texts, "; ");
}

std::string Field(const std::string& name, const std::string& value) {
  if (value.empty()) return "";
  return "  " + name + std::string(12 - name.size(), ' ') +
         base::VisibleInLine(value) + "\n";
}

std::string RowsLine(const MigrationStatus& status) {
  Progress progress;
  progress.rows_done = status.rows_done;
  progress.rows_total = status.rows_total;
  if (!status.runner.empty()) {
    progress.rows_per_second = status.rows_per_second;
    progress.eta_seconds = status.eta_seconds;
  }
  return RowsText(progress);
}

std::string AccessText(const MigrationStatus& status) {
  if (status.version_schema.empty()) return "in place";
  return "versioned, published as " + status.version_schema;
}

std::string MarkingText(const MigrationStatus& status) {
  if (status.on_transform_error != OnTransformError::kMark) return "";
  return "rows that up or down fails on are marked";
}

// The error belongs to the last run, so it is not shown while a new run is at
// work.
std::string ErrorText(const MigrationStatus& status) {
  return status.runner.empty() ? status.error : "";
}

// Says what a live runner does now.
std::string Now(const MigrationStatus& status) {
  return status.runner.empty() ? "" : status.activity;
}

// The pace is shown only when it slows a live runner down.
std::string PaceLine(const MigrationStatus& status) {
  if (status.pace >= 1) return "";
  return PaceText(status.pace) + " (" + status.pace_reason + ")";
}

std::string AwaitedText(const MigrationStatus& status) {
  if (status.awaited_standby.empty()) return "";
  return "commits wait for synchronous standby " + status.awaited_standby +
         ", which is away";
}

std::string UndoText(const MigrationStatus& status) {
  if (status.undo_left_seconds < 0) return "";
  const std::string since = "sealed at " + status.sealed_at + "; ";
  if (status.undo_left_seconds == 0) {
    return since +
           "the time to undo it is over; segue complete drops the old "
           "shape";
  }
  return since + FormatDuration(status.undo_left_seconds) +
         " left; segue undo brings the old shape back, segue complete --drop "
         "drops it";
}

const char* Mark(const StepStatus& step) {
  if (step.rolled_back) return "undone ";
  return step.executed ? "done   " : "       ";
}

}  // namespace

std::string PhaseText(const MigrationStatus& status) {
  std::string text(ToString(status.phase));
  if (status.sub_state != SubState::kNone) {
    const bool back = status.sub_state == SubState::kRollingBack;
    text += back ? " (rolling back)"
                 : " (" + std::string(ToString(status.sub_state)) + ")";
  }
  return text;
}

std::string RunnerText(const MigrationStatus& status) {
  if (!status.runner.empty()) return status.runner;
  return Rests(status) ? "" : GoesOn(status);
}

std::string StatusText(const MigrationStatus& status) {
  std::string text = status.id;
  if (!status.title.empty() && status.title != status.id) {
    text += ": " + base::VisibleInLine(status.title);
  }
  text +=
      "\n  " + StandsText(status) + "\n" + Field("next", NextText(status)) +
      Field("phase", PhaseText(status)) +
      Field("progress",
            std::to_string(static_cast<int>(status.progress_pct)) + "%") +
      Field("rows", RowsLine(status)) + Field("now", Now(status)) +
      Field("access", AccessText(status)) +
      Field("on error", MarkingText(status)) +
      Field("with", base::Join(status.folded, ", ")) +
      Field("runner", RunnerText(status)) + Field("pace", PaceLine(status)) +
      Field("waits", AwaitedText(status)) + Field("undo", UndoText(status)) +
      Field("paused", status.paused ? "yes; segue resume goes on" : "") +
      Field("missing", MissingText(status)) + Field("held", HeldText(status)) +
      Field("privileges", GrantsText(status)) +
      Field("will fail", ToFailText(status)) +
      Field("refused", base::Join(status.refusing, "; ")) +
      Field("error", ErrorText(status)) + Field("started", status.started_at) +
      Field("updated", status.updated_at) + "  steps\n";
  for (const StepStatus& step : status.steps) {
    text += "    " + std::string(Mark(step)) + "[" +
            std::string(ToString(step.phase)) + "] " +
            base::VisibleInLine(step.description) + "\n";
  }
  return text;
}

std::string FilesText(const FileStatus& files,
                      const std::optional<MigrationStatus>& status) {
  std::string text;
  if (!files.gone.empty()) {
    text += "Applied, but no file has the name any more: " +
            base::VisibleInLine(base::Join(files.gone, ", ")) + ".\n";
  }
  if (files.pending.empty()) return text;
  const bool waits = status && status->is_active();
  text += "Pending: " + base::VisibleInLine(base::Join(files.pending, ", ")) +
          ".\n";
  return text + (waits ? "They begin when this one is complete.\n"
                       : "Next: segue plan " +
                             base::VisibleInLine(files.pending.front()) +
                             " shows what it would do; segue migrate starts "
                             "all of them.\n");
}

}  // namespace segue::report
