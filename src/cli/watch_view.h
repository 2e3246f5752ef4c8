// The text with which `segue watch` shows a status.
#pragma once

#include <string>
#include <vector>

#include "segue/progress.h"

namespace segue::cli {

// Returns phase, steps, rows and runner, for a terminal of `columns`.
std::vector<std::string> WatchPicture(const MigrationStatus& status,
                                      std::size_t columns);

// Returns the same on one line, for a log.
std::string WatchLine(const MigrationStatus& status);

// Returns a text that differs when anything but the rows has changed, which a
// log must not miss.
std::string WatchMark(const MigrationStatus& status);

}  // namespace segue::cli
