// How the machine we run on is doing.
#pragma once

#include <optional>
#include <string>

namespace segue::base {

// Runnable processes of the last minute, for each core.
std::optional<double> LoadPerCore();
// Percent of the memory that could be had without swapping.
std::optional<double> MemoryFreePercent();
// Bytes that an ordinary user may still write where `path` is.
std::optional<double> DiskFreeBytes(const std::string& path);

}  // namespace segue::base
