// Shows a running migration on standard error: on a terminal one live line
// redrawn in place under the list of steps done, elsewhere one plain line at
// each step and every few seconds.
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

// Not thread-safe: called on the thread that runs the migration.
class ProgressView {
 public:
  // `out` must outlive the view.
  ProgressView(std::ostream& out, ProgressViewOptions options);
  ~ProgressView();  // takes the live line away
  ProgressView(const ProgressView&) = delete;
  ProgressView& operator=(const ProgressView&) = delete;

  void Show(const Progress& progress);
  // Takes the live line away, before something else is printed.
  void Clear();

 private:
  void StepStarted(const Progress& progress);
  void StepDone(const Progress& progress);
  void Rows(const Progress& progress);
  void Retry(const std::string& text);
  // A line that stays; the same one is not repeated.
  void Line(const std::string& text);
  // The live line.
  void Draw(const Progress& progress);
  void DrawText(const std::string& text);
  std::size_t LineWidth() const;
  // False while the last drawing is younger than `interval`.
  bool Due(std::chrono::milliseconds interval);

  std::ostream& out_;
  ProgressViewOptions options_;
  base::Clock& clock_;
  bool drawn_ = false;
  std::chrono::steady_clock::time_point last_;
  std::chrono::steady_clock::time_point step_start_;
  std::int64_t rows_filled_ = 0;  // of the step at work
  bool retry_told_ = false;       // of the step at work
  std::string last_line_;
};

}  // namespace segue::cli
