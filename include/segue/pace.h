// How fast rows may be moved, and what slows it.
#pragma once

#include <chrono>
#include <string>
#include <vector>

namespace segue {

// Between soft and hard the pace falls gradually; past hard it is 0.
struct SignalLimit {
  std::string signal;  // "replication_lag", "lock_waits", "sql", ...
  std::string source;  // of a custom signal: its query, URL or path
  double soft = 0;
  double hard = 0;
  // The limits are multiples of what the signal said before the start.
  bool relative = false;
};

struct PaceOptions {
  double rows_per_second = 0;   // 0: no limit
  double bytes_per_second = 0;  // 0: no limit
  std::string window;           // "22:00-06:00 Europe/Berlin"; empty: always
  std::vector<SignalLimit> limits;  // instead of the signal's defaults
  // From one reading of the signals to the next; above zero.
  std::chrono::milliseconds reading_interval{1000};
};

}  // namespace segue
