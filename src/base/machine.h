// The load of the machine on which this process runs. Each function returns
// nullopt when the system does not tell.
#pragma once

#include <optional>
#include <string>

namespace segue::base {

// Returns the load average of the last minute, divided by the number of cores.
std::optional<double> LoadPerCore();
// Returns the percentage of the memory that is available without swapping.
std::optional<double> MemoryFreePercent();
// Returns the bytes that an ordinary user may still write where `path` is.
std::optional<double> DiskFreeBytes(const std::string& path);

}  // namespace segue::base
