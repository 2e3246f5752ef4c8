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

// The subject of the lines that this thread logs. While the object lives, its
// fields are added to each line that has no field of the same name, so that the
// lines of several migrators in one process can be told apart. A nested context
// adds its fields and outranks the outer one. Contexts must end on the thread
// on which they began, the innermost first.
class LogContext {
 public:
  explicit LogContext(const LogFields& fields);
  ~LogContext();
  LogContext(const LogContext&) = delete;
  LogContext& operator=(const LogContext&) = delete;

  // Returns the fields of this thread, to be handed to a thread that it starts;
  // see StartThread.
  static LogFields Current();

 private:
  const LogContext* outer_;  // null: none
  const LogFields fields_;   // includes the outer fields
};

// Lines below `level` are dropped. Default: kWarning, to standard error.
void SetLogLevel(LogLevel level);
// Thread-safe. Never pass a password or a URL that contains one. People read
// the message on standard error without the fields of the context.
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
