#include "base/log.h"

#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <memory>

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

// Never destroyed: destructors of statics may still log.
spdlog::logger& Logger() {
  static auto& logger = *[] {
    // Standard error, because standard output is the answer of the command.
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

}  // namespace

void SetLogLevel(LogLevel level) { Logger().set_level(Native(level)); }

void Log(LogLevel level, std::string_view message) {
  // As an argument: braces in the message are not a format.
  Logger().log(Native(level), "{}", message);
}

}  // namespace segue::base
