// The structured log, behind a seam so that spdlog stays in one .cc file.
#pragma once

#include <string_view>

namespace segue::base {

enum class LogLevel { kDebug, kInfo, kWarning, kError };

// Lines below `level` are dropped. Default: kWarning, to standard error.
void SetLogLevel(LogLevel level);
// Thread-safe. Never pass a password or a URL that contains one.
void Log(LogLevel level, std::string_view message);

}  // namespace segue::base
