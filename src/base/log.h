// The structured log, behind a seam so that spdlog stays in one .cc file.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace segue::base {

enum class LogLevel { kDebug, kInfo, kWarning, kError };
// Returns "debug", "info", "warning" or "error".
std::string_view ToString(LogLevel level);

enum class LogFormat { kText, kJson };

struct LogField {
  std::string name;
  std::variant<std::string, std::int64_t, double> value;
};
using LogFields = std::vector<LogField>;

// Sets the level below which lines are dropped. Without a call, lines from
// kWarning up go to standard error.
void SetLogLevel(LogLevel level);
// Writes one line. Thread-safe. The caller must not pass a password, or a URL
// that contains one.
void Log(LogLevel level, std::string_view message);

// From now on, for the whole process, appends every line from kInfo up to the
// file `path` as well. With "-" the lines go to standard error in this format
// only. Throws Error{kUsage} when the file cannot be written.
void OpenLog(const std::string& path, LogFormat format);
// Writes one line to the log that OpenLog has opened, and nowhere else, because
// people see the event in other ways. Thread-safe.
void LogEvent(LogLevel level, std::string_view message,
              const LogFields& fields);

}  // namespace segue::base
