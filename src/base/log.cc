#include "base/log.h"

#include <fcntl.h>
#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <memory>

#include "base/clock.h"
#include "base/log_line.h"
#include "base/visible.h"
#include "segue/error.h"

namespace segue::base {
namespace {

spdlog::level::level_enum Native(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return spdlog::level::debug;
    case LogLevel::kInfo:
      return spdlog::level::info;
    case LogLevel::kWarning:
      return spdlog::level::warn;
    case LogLevel::kError:
      return spdlog::level::err;
  }
  return spdlog::level::err;
}

// The logger is never destroyed, because destructors of statics may still log.
spdlog::logger& Logger() {
  static auto& logger = *[] {
    // The log goes to standard error, because standard output has the answer of
    // the command.
    auto sink = std::make_shared<spdlog::sinks::stderr_color_sink_mt>();
    auto* created = new spdlog::logger("segue", std::move(sink));
    created->set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %^%l%$ %v",
                         spdlog::pattern_time_type::utc);
    created->set_level(spdlog::level::warn);
    created->flush_on(spdlog::level::warn);
    return created;
  }();
  return logger;
}

// The log that OpenLog has opened.
struct Opened {
  std::unique_ptr<spdlog::logger> logger;
  LogFormat format = LogFormat::kText;
  bool replaces_stderr = false;
};

// It is set once and, like the logger, never destroyed.
std::atomic<Opened*> g_opened{nullptr};

// The innermost context of this thread. It is a plain pointer, because
// destructors of statics may still log after the objects of a thread are gone.
thread_local const LogContext* g_context = nullptr;

bool Has(const LogFields& fields, const std::string& name) {
  return std::any_of(fields.begin(), fields.end(),
                     [&](const LogField& field) { return field.name == name; });
}

// Returns all fields of `first`, and those of `second` that `first` does not
// have.
LogFields Merged(LogFields first, const LogFields& second) {
  for (const LogField& field : second) {
    if (!Has(first, field.name)) first.push_back(field);
  }
  return first;
}

// To open a pipe waits for somebody who reads it.
void RequireReader(const std::string& path) {
  std::error_code ignored;
  if (!std::filesystem::is_fifo(path, ignored)) return;
  const int pipe = ::open(path.c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC);
  if (pipe < 0) {
    throw Error(ErrorKind::kUsage,
                "cannot write the log " + path + ": nobody reads this pipe");
  }
  ::close(pipe);
}

spdlog::sink_ptr SinkFor(const std::string& path) {
  if (path == "-") return std::make_shared<spdlog::sinks::stderr_sink_mt>();
  RequireReader(path);
  try {
    return std::make_shared<spdlog::sinks::basic_file_sink_mt>(path, false);
  } catch (const spdlog::spdlog_ex& error) {
    throw Error(ErrorKind::kUsage,
                "cannot write the log " + path + ": " + error.what());
  }
}

}  // namespace

std::string_view ToString(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return "debug";
    case LogLevel::kInfo:
      return "info";
    case LogLevel::kWarning:
      return "warning";
    case LogLevel::kError:
      return "error";
  }
  return "error";
}

LogContext::LogContext(const LogFields& fields)
    : outer_(g_context), fields_(Merged(fields, Current())) {
  g_context = this;
}

LogContext::~LogContext() { g_context = outer_; }

LogFields LogContext::Current() {
  return g_context == nullptr ? LogFields() : g_context->fields_;
}

void SetLogLevel(LogLevel level) { Logger().set_level(Native(level)); }

void Log(LogLevel level, std::string_view message) {
  LogEvent(level, message, {});
  const Opened* opened = g_opened.load();
  if (opened != nullptr && opened->replaces_stderr) return;
  // The message is an argument, because its braces must not be taken for a
  // format.
  Logger().log(Native(level), "{}", VisibleInLine(message));
}

void OpenLog(const std::string& path, LogFormat format) {
  auto opened = std::make_unique<Opened>();
  opened->format = format;
  opened->replaces_stderr = path == "-";
  opened->logger = std::make_unique<spdlog::logger>("log", SinkFor(path));
  opened->logger->set_pattern("%v");
  opened->logger->set_level(spdlog::level::info);
  // A reader who follows the file sees each line as it comes, and a process
  // that is killed leaves all its lines.
  opened->logger->flush_on(spdlog::level::info);
  g_opened.store(opened.release());
}

void LogEvent(LogLevel level, std::string_view message,
              const LogFields& fields) {
  const Opened* opened = g_opened.load();
  if (opened == nullptr || level < LogLevel::kInfo) return;
  const LogLine line{FormatUtc(SystemClock().WallTime()), level,
                     std::string(message),
                     Merged(fields, LogContext::Current())};
  opened->logger->log(
      Native(level), "{}",
      opened->format == LogFormat::kJson ? JsonLine(line) : TextLine(line));
}

}  // namespace segue::base
