// What a run is doing, as Prometheus reads it. Every metric is described in
// docs/observability.md.
#pragma once

#include <memory>
#include <string>

#include "segue/error.h"
#include "segue/progress.h"

namespace segue::http {

// Thread-safe: one thread runs the migration, another one is scraped.
class Metrics {
 public:
  Metrics();
  ~Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  void Show(const Progress& progress);
  // An error that is not of a run, which would have been shown.
  void Failed(const Error& error);
  // The process is about to go; nothing runs any more.
  void Stop();

  // The text exposition format, version 0.0.4.
  std::string Text() const;

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace segue::http
