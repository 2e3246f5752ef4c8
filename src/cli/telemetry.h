// Makes a command visible to others while it runs: by metrics, over HTTP or in
// a file, and by the structured log. The options choose them; by default there
// are none.
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
  // The constructor returns when the server listens and the files are written.
  // What fails is an Error{kUsage} before the command does anything.
  Telemetry(const Arguments& arguments, Surroundings& around);
  ~Telemetry();
  Telemetry(const Telemetry&) = delete;
  Telemetry& operator=(const Telemetry&) = delete;

  // Tells all later events to the log and the metrics. This object must outlive
  // the migrator.
  void ListenTo(ProgressListeners& listeners);
  // Called when the command has succeeded.
  void Ended();
  // Called with the error that ends the command. The run has reported its own
  // error already.
  void Failed(const Error& error);

 private:
  bool failure_told_ = false;  // by a run
  std::unique_ptr<report::EventLog> log_;
  std::unique_ptr<http::Metrics> metrics_;
  // These come after the metrics, which they read as long as they exist.
  std::unique_ptr<http::MetricsFile> file_;
  std::unique_ptr<http::MetricsServer> server_;
};

// The options --metrics and --metrics-file.
std::vector<OptionSpec> MetricsOptions();
// The options --log and --log-format.
std::vector<OptionSpec> LogOptions();

}  // namespace segue::cli
