#include "base/machine.h"

#include <sys/statvfs.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>

namespace segue::base {

std::optional<double> LoadPerCore() {
  double load = 0;
  const long cores = sysconf(_SC_NPROCESSORS_ONLN);
  if (cores <= 0 || getloadavg(&load, 1) != 1) return std::nullopt;
  return load / static_cast<double>(cores);
}

std::optional<double> MemoryFreePercent() {
  std::ifstream file("/proc/meminfo");
  std::string name;
  double total = 0;
  double amount = 0;
  std::string unit;
  while (file >> name >> amount >> unit) {
    if (name == "MemTotal:") total = amount;
    if (name == "MemAvailable:" && total > 0) return 100 * amount / total;
  }
  return std::nullopt;
}

std::optional<double> DiskFreeBytes(const std::string& path) {
  struct statvfs info {};
  if (statvfs(path.c_str(), &info) != 0) return std::nullopt;
  return static_cast<double>(info.f_bavail) *
         static_cast<double>(info.f_frsize);
}

}  // namespace segue::base
