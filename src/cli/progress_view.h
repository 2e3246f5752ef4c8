// Shows a running migration on standard error. On a terminal it redraws one
// live line in place, under the list of finished steps. Elsewhere it prints one
// plain line at each step and every few seconds.
#pragma once

#include <chrono>
#include <functional>
#include <ostream>
#include <string>

#include "base/clock.h"
#include "segue/progress.h"

namespace segue::cli {

struct ProgressViewOptions {
  bool live = false;  // `out` is a terminal
  std::function<std::size_t()> width = [] { return std::size_t{80}; };
  base::Clock* clock = nullptr;  // null: the system's; not owned
};

// Not thread-safe: all methods are called on the thread that runs the
// migration.
class ProgressView {
 public:
  // `out` must outlive the view.
  ProgressView(std::ostream& out, ProgressViewOptions options);
  ~ProgressView();  // removes the live line
  ProgressView(const ProgressView&) = delete;
  ProgressView& operator=(const ProgressView&) = delete;

  void Show(const Progress& progress);
  // Removes the live line, before something else is printed.
  void Clear();

 private:
  void StepStarted(const Progress& progress);
  void StepDone(const Progress& progress);
  void Rows(const Progress& progress);
  void Retry(const std::string& text);
  // Prints a line that stays. A line that repeats the last one is not printed.
  void Line(const std::string& text);
  // Draws the live line.
  void Draw(const Progress& progress);
  void DrawText(const std::string& text);
  std::size_t LineWidth() const;
  // Returns false while the last drawing is younger than `interval`.
  bool Due(std::chrono::milliseconds interval);

  std::ostream& out_;
  ProgressViewOptions options_;
  base::Clock& clock_;
  bool drawn_ = false;
  std::chrono::steady_clock::time_point last_;
  std::chrono::steady_clock::time_point step_start_;
  std::int64_t rows_filled_ = 0;  // of the current step
  bool retry_told_ = false;       // of the current step
  std::string last_line_;
};

}  // namespace segue::cli
