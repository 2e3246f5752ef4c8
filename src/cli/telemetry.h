// What others see of a command while it runs: metrics to be scraped or read
// from a file, and the structured log. As its options say; else nothing.
#pragma once

#include <memory>
#include <string>

#include "cli/arguments.h"
#include "http/metrics.h"
#include "http/metrics_file.h"
#include "http/metrics_server.h"
#include "report/event_log.h"
#include "segue/error.h"
#include "segue/progress.h"

namespace segue::cli {

struct Surroundings;

class Telemetry {
 public:
  // Listens, and writes what is to be written, when it returns; so what cannot
  // be done is an Error{kUsage} before anything else is.
  Telemetry(const Arguments& arguments, Surroundings& around);
  ~Telemetry();
  Telemetry(const Telemetry&) = delete;
  Telemetry& operator=(const Telemetry&) = delete;

  // What happens from now on is told to the log and the metrics. This must
  // outlive the migrator.
  void ListenTo(ProgressListeners& listeners);
  // The command has done what it should.
  void Ended();
  // What the command ends with. The error of a run has been told by the run.
  void Failed(const Error& error);

 private:
  bool failure_told_ = false;  // by a run
  std::unique_ptr<report::EventLog> log_;
  std::unique_ptr<http::Metrics> metrics_;
  // After the metrics, which they read until they are gone.
  std::unique_ptr<http::MetricsFile> file_;
  std::unique_ptr<http::MetricsServer> server_;
};

// --metrics, --metrics-file
std::vector<OptionSpec> MetricsOptions();
// --log, --log-format
std::vector<OptionSpec> LogOptions();

}  // namespace segue::cli
