#include "cli/telemetry.h"

#include <filesystem>

#include "cli/context.h"
#include "http/address.h"

namespace segue::cli {

namespace {

// A path is relative to the folder in which the command runs, as in the user's
// shell.
std::string Resolved(const Surroundings& around, const std::string& path) {
  return around.directory.empty() ? path : (around.directory / path).string();
}

std::unique_ptr<report::EventLog> OpenLog(const Arguments& arguments,
                                          Surroundings& around) {
  if (!arguments.Has("--log")) {
    if (!arguments.Has("--log-format")) return nullptr;
    throw Error(ErrorKind::kUsage, "--log-format needs --log")
        .WithHint("--log - writes to standard error");
  }
  const std::string path = arguments.Value("--log");
  base::OpenLog(path == "-" ? path : Resolved(around, path),
                arguments.Value("--log-format") == "text"
                    ? base::LogFormat::kText
                    : base::LogFormat::kJson);
  around.err_is_log = path == "-";
  return std::make_unique<report::EventLog>();
}

// Writes to standard error in the format of the log.
void Tell(const Surroundings& around, const std::string& text) {
  if (around.err_is_log) {
    base::LogEvent(base::LogLevel::kInfo, text, {});
  } else {
    around.err << text << std::endl;
  }
}

}  // namespace

std::vector<OptionSpec> MetricsOptions() {
  return {{"--metrics", "ADDRESS", "serve metrics there: 127.0.0.1:9187"},
          {"--metrics-file", "FILE", "write metrics there every 5 s"}};
}

std::vector<OptionSpec> LogOptions() {
  return {{"--log", "FILE", "log what happens there; - is standard error"},
          {"--log-format",
           "FORMAT",
           "json (default), an object a line, or text",
           {"json", "text"}}};
}

Telemetry::Telemetry(const Arguments& arguments, Surroundings& around)
    : log_(OpenLog(arguments, around)) {
  const bool serves = arguments.Has("--metrics");
  const bool writes = arguments.Has("--metrics-file");
  if (!serves && !writes) return;
  metrics_ = std::make_unique<http::Metrics>();
  const auto text = [this] { return metrics_->Text(); };
  if (serves) {
    server_ = std::make_unique<http::MetricsServer>(
        http::ParseAddress(arguments.Value("--metrics")), text);
    if (!arguments.Has("--quiet")) {
      Tell(around, "metrics at " + server_->url());
    }
  }
  if (writes) {
    file_ = std::make_unique<http::MetricsFile>(
        Resolved(around, arguments.Value("--metrics-file")), text);
  }
}

Telemetry::~Telemetry() {
  if (metrics_) metrics_->Stop();
}

void Telemetry::ListenTo(ProgressListeners& listeners) {
  listeners.Add([this](const Progress& progress) {
    if (progress.event == Progress::Event::kFailed) failure_told_ = true;
  });
  if (log_) {
    listeners.Add([log = log_.get()](const Progress& p) { log->Show(p); });
  }
  if (metrics_) {
    listeners.Add(
        [metrics = metrics_.get()](const Progress& p) { metrics->Show(p); });
  }
}

void Telemetry::Ended() {
  if (log_) log_->Ended();
}

void Telemetry::Failed(const Error& error) {
  if (failure_told_) return;
  if (log_) log_->Failed(error);
  if (metrics_) metrics_->Failed(error);
}

}  // namespace segue::cli
