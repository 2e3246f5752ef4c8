#include "cli/progress_view.h"

#include <algorithm>

#include "base/text.h"
#include "base/visible.h"
#include "cli/output.h"
#include "report/layout.h"
#include "report/progress_text.h"

namespace segue::cli {

namespace {

// This is fast enough to look live, and cheap enough over a network.
constexpr std::chrono::milliseconds kRedrawInterval{100};
// With this interval the log of a long backfill stays readable.
constexpr std::chrono::milliseconds kPlainInterval{5000};
constexpr std::size_t kBarColumns = 12;
constexpr std::string_view kBackfill = "backfill";
constexpr char kClearLine[] = "\r\x1b[K";

std::string Percent(double percent) {
  return std::to_string(static_cast<int>(percent)) + "%";
}

std::string Where(const Progress& progress) {
  return "[" + std::string(ToString(progress.phase)) + "] " + progress.step;
}

std::string Activity(const Progress& progress) {
  if (progress.activity_pct >= 0) {
    return " (" + progress.message + " " + Percent(progress.activity_pct) + ")";
  }
  if (progress.activity.empty() || progress.activity == kBackfill) return "";
  return " (" + progress.activity + ")";
}

}  // namespace

ProgressView::ProgressView(std::ostream& out, ProgressViewOptions options)
    : out_(out),
      options_(std::move(options)),
      clock_(options_.clock ? *options_.clock : base::SystemClock()),
      last_(clock_.Now()),
      step_start_(last_) {}

ProgressView::~ProgressView() { Clear(); }

void ProgressView::Show(const Progress& progress) {
  switch (progress.event) {
    // The command itself prints the result.
    case Progress::Event::kStarted:
    case Progress::Event::kReady:
    case Progress::Event::kSealed:
    case Progress::Event::kComplete:
    case Progress::Event::kRolledBack:
    case Progress::Event::kFailed:
      return;
    case Progress::Event::kStepStarted:
      return StepStarted(progress);
    case Progress::Event::kStepDone:
      return StepDone(progress);
    case Progress::Event::kStepRolledBack:
      return Line("undone " + Where(progress));
    case Progress::Event::kRows:
      return Rows(progress);
    case Progress::Event::kPaused:
      return Line(progress.message.empty() ? "paused" : progress.message);
    case Progress::Event::kResumed:
      return Line(progress.message.empty() ? "resumed" : progress.message);
    case Progress::Event::kRetry:
      return Retry("waiting: " + progress.message);
    case Progress::Event::kNote:
      return Line("note: " + progress.message);
  }
}

void ProgressView::StepStarted(const Progress& progress) {
  step_start_ = clock_.Now();
  rows_filled_ = 0;
  retry_told_ = false;
  last_line_.clear();
  if (options_.live) {
    Draw(progress);
  } else {
    Line(Where(progress));
  }
  last_ = clock_.Now();
}

void ProgressView::StepDone(const Progress& progress) {
  const std::chrono::duration<double> took = clock_.Now() - step_start_;
  std::string text = "done " + Where(progress);
  if (rows_filled_ > 0) {
    text += ": " + base::WithThousands(rows_filled_) + " rows";
  }
  if (took.count() >= 1) text += " in " + FormatDuration(took.count());
  Line(text);
}

void ProgressView::Rows(const Progress& progress) {
  if (progress.activity == kBackfill) rows_filled_ = progress.rows_done;
  if (!Due(options_.live ? kRedrawInterval : kPlainInterval)) return;
  if (options_.live) {
    Draw(progress);
    return;
  }
  last_line_.clear();
  const std::string rows = report::RowsText(progress);
  Line(Percent(progress.progress_pct) + " " + Where(progress) +
       Activity(progress) + (rows.empty() ? "" : ": " + rows));
}

// The first retry is shown in full, because it names who holds the lock. The
// following ones differ in little but their age.
void ProgressView::Retry(const std::string& text) {
  if (!retry_told_) {
    retry_told_ = true;
    last_ = clock_.Now();
    Line(text);
  } else if (options_.live) {
    DrawText(text);
  } else if (Due(kPlainInterval)) {
    Line(text);
  }
}

bool ProgressView::Due(std::chrono::milliseconds interval) {
  const auto now = clock_.Now();
  if (now - last_ < interval) return false;
  last_ = now;
  return true;
}

void ProgressView::Line(const std::string& text) {
  if (text == last_line_) return;
  last_line_ = text;
  Clear();
  // A name with a newline must not begin a line of its own.
  out_ << base::VisibleInLine(text) << "\n" << std::flush;
}

// The numbers matter most, so a narrow screen cuts the description of the step.
void ProgressView::Draw(const Progress& progress) {
  std::string right = " " +
                      report::ProgressBar(progress.progress_pct, kBarColumns) +
                      " " + Percent(progress.progress_pct);
  const std::string rows = report::RowsText(progress);
  if (!rows.empty()) right += " " + rows;
  const std::size_t width = LineWidth();
  const std::size_t left = width > right.size() ? width - right.size() : 0;
  DrawText(report::FitWidth(Where(progress) + Activity(progress), left) +
           right);
}

void ProgressView::DrawText(const std::string& text) {
  WriteControl(out_, kClearLine);
  out_ << report::FitWidth(base::VisibleInLine(text), LineWidth())
       << std::flush;
  drawn_ = true;
}

// The last column stays free, because some terminals wrap when it is written.
std::size_t ProgressView::LineWidth() const {
  return std::max<std::size_t>(options_.width(), 2) - 1;
}

void ProgressView::Clear() {
  if (!drawn_) return;
  WriteControl(out_, kClearLine);
  out_ << std::flush;
  drawn_ = false;
}

}  // namespace segue::cli
