// What `segue watch` shows of a status.
#pragma once

#include <string>
#include <vector>

#include "segue/progress.h"

namespace segue::cli {

// The whole picture, for a terminal of `columns`: phase, steps, rows, runner.
std::vector<std::string> WatchPicture(const MigrationStatus& status,
                                      std::size_t columns);

// The same on one line, for a log.
std::string WatchLine(const MigrationStatus& status);

// What a log must not miss: differs when anything but the rows has changed.
std::string WatchMark(const MigrationStatus& status);

}  // namespace segue::cli
