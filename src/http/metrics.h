// The state of a run as Prometheus reads it. docs/observability.md describes
// every metric.
#pragma once

#include <memory>
#include <string>

#include "segue/error.h"
#include "segue/progress.h"

namespace segue::http {

// Thread-safe: one thread runs the migration, and another one answers scrapes.
class Metrics {
 public:
  Metrics();
  ~Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  void Show(const Progress& progress);
  // Records an error that belongs to no run. The error of a run has been shown
  // already.
  void Failed(const Error& error);
  // Called when the process is about to end, and no run is active any more.
  void Stop();

  // Returns the metrics in the text exposition format, version 0.0.4.
  std::string Text() const;

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace segue::http
