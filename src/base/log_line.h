// The two formats of a line of the log.
#pragma once

#include <string>

#include "base/log.h"

namespace segue::base {

struct LogLine {
  std::string time;  // ISO 8601, UTC
  LogLevel level = LogLevel::kInfo;
  std::string message;
  LogFields fields;
};

// Returns {"time": ..., "level": ..., "message": ..., and the fields}. The text
// is one line whatever the texts contain, and bytes that are not UTF-8 are
// replaced.
std::string JsonLine(const LogLine& line);
// Returns "2026-01-31T12:00:00.123Z info message name=value name=\"a value\"".
std::string TextLine(const LogLine& line);

}  // namespace segue::base
